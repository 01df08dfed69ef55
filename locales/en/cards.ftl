# The linked cards: see them, take one off, and why none can be linked.

cards-title = <b>Your linked cards</b>
cards-line = • {$brand} •••• {$last4}, expires {$expires}, linked on {$linked}
cards-more = Showing {$shown} of {$count} cards. When you take one off, the next one appears.
cards-hint = Tap a card to take it off your account.
cards-none = <b>No linked cards</b>
    There is no card linked to your account, so there is nothing to take off.
button-card = {$brand} •••• {$last4}
button-link-card = Link a card
button-other-cards = My cards

card-confirm = <b>Take off {$brand} •••• {$last4}?</b>
card-confirm-what = It cannot be linked again here. The card itself stays valid: you can still pay with it directly on {$place}.
button-confirm-removal = Yes, take it off
button-keep = No, keep it

# Shown over the chat after a tap.
card-kept = Fine, the card stays linked.
confirmation-expired = That question has timed out and nothing was changed. Please choose the card again.

card-removed = ✅ <b>{$brand} •••• {$last4} has been taken off your account.</b>
    A mail confirms it.
card-removal-recorded = 📝 <b>Your request to take off {$brand} •••• {$last4} is recorded.</b>
    It has been passed on to the service, which will take the card off. A mail confirms your request.
receipt = Please keep this reference: <code>{$reference}</code>
card-gone = {$brand} •••• {$last4} had already been taken off. There is nothing left to do.
card-refused-locked = 🔒 <b>The card cannot be taken off for now.</b>
    The service has locked your account and nothing can be changed on it. The card is still linked. Please write to {$contact}.
card-refused-closed = <b>The card cannot be taken off here.</b>
    Your account is closed and can no longer be changed. If you have a question about the card, write to {$contact}.
card-refused-stopped = <b>The card cannot be taken off here.</b>
    The service no longer takes cards off. The card is still linked. Please write to {$contact}.

link-card-stopped = <b>No card can be linked any more</b>
    {$service} stopped linking cards on {$date}.
link-card-elsewhere = <b>Cards are not linked here</b>
    This counter of {$service} can show your cards and take them off, but not add any.
link-card-instead = You don’t need to link one: on {$place}, simply pay with any card or e-wallet when you place your order.
