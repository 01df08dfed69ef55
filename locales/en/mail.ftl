# The mails. Each is written as plain text and as HTML from the same texts; no HTML here, an empty line begins a paragraph.

mail-code-subject = Your sign-in code for the {$service} counter
mail-code-intro = Hello,

    Someone, most likely you, has asked to sign in to your {$service} account at our counter on Telegram.

mail-proof-subject = Your code to confirm a step at the {$service} counter
mail-proof-intro = Hello,

    Someone signed in to your {$service} account at our counter on Telegram, most likely you, is about to do something that needs confirming, such as taking a card off or having the data of the account sent.
mail-proof-not-you = It wasn’t you? Then someone else is signed in to your account. Don’t give the code to anyone; sign in at the counter, write /sessions and end the sessions that are not yours.

mail-code = Your code:
mail-code-until = { $minutes ->
        [one] It is valid for one more minute
       *[other] It is valid for {$minutes} minutes
    }, works once, and only in the chat where it was asked for.
mail-asked-by = Asked for from this Telegram account: {$person}
mail-code-not-you = It wasn’t you? Then simply ignore this mail: without the code nobody gets in. Don’t give it to anyone, not even to someone who claims to work for the service.

mail-signed-in-subject = New sign-in to your {$service} account
mail-signed-in = Hello,

    A chat in { $language ->
        [fr] French
        [ru] Russian
       *[en] English
    } has signed in to your {$service} account at our counter on Telegram. Time: {$moment}.
mail-signed-in-by = The Telegram account: {$person}
mail-signed-in-not-you = It was you? Then there is nothing to do. It wasn’t? Sign in at the counter, write /sessions and end that session, then choose a new password with /reset. If you cannot get in, write to us at once: {$contact}

mail-sign-in-locked-subject = Signing in to your {$service} account
mail-sign-in-locked = Hello,

    Someone, most likely you, has asked to sign in to your {$service} account at our counter on Telegram. Those who run the counter have locked this account, so nobody can sign in for now.

mail-card-removed-subject = Your card {$brand} •••• {$last4} was taken off
mail-card-recorded-subject = Your request to take off the card {$brand} •••• {$last4}
mail-card-removed = Hello,

    Your card {$brand} •••• {$last4} was taken off your {$service} account. Time: {$moment}.
mail-card-recorded = Hello,

    Your request to take the card {$brand} •••• {$last4} off your {$service} account is recorded. Time: {$moment}. It has been passed on to the service, which will take the card off.
mail-receipt = Please keep this reference: {$reference}
mail-not-you = It wasn’t you? Then write to us at once: {$contact}

mail-link-by-hand = If the button does nothing, copy this address into your browser:

mail-reset-subject = Choose a new {$service} password
mail-reset-intro = Hello,

    Someone, most likely you, has asked our counter on Telegram for a new password for your {$service} account.
mail-reset-link = Choose a new password
mail-reset-until = { $minutes ->
        [one] The link is valid for one more minute and works once.
       *[other] The link is valid for {$minutes} minutes and works once.
    }
mail-reset-not-you = It wasn’t you? Then simply ignore this mail: as long as nobody enters a password on that page, nothing changes.
mail-reset-locked = Hello,

    Someone, most likely you, has asked our counter on Telegram for a new password for your {$service} account. The service has locked this account, so its password cannot be changed for now.
mail-reset-closed = Hello,

    Someone, most likely you, has asked our counter on Telegram for a new password for your {$service} account. This account is closed, so its password can no longer be changed.
mail-reset-write = If you have a question, write to {$contact}.

mail-password-subject = Your {$service} password was changed
mail-password-changed = Hello,

    The password of your {$service} account was changed. Time: {$moment}. Every session open on Telegram has been ended.
mail-password-recorded = Hello,

    The new password of your {$service} account was recorded. Time: {$moment}. It has been passed on to the service, which will apply it. Every session open on Telegram has been ended.

# To the operator.
mail-ended-subject = {$service} counter: what was kept of holders is erased
mail-ended-intro = Hello,

    The final date in the policy of your {$service} counter is over. What was kept of holders has been erased. Begun: {$began}. Finished: {$moment}. Rows erased, by table:
mail-ended-row = {$table}: {$rows}
mail-ended-audit = The audit stays until its own age, without any link to a person. Whoever writes to the counter is told that it has closed. Backups and exports are not touched; please see to them.
mail-ended-seal = Key: {$fingerprint}
    Seal of this report: {$seal}

mail-operator = This counter is run by {$operator} ({$contact}). It is not the service {$service} itself.
mail-operator-is-service = This counter is run by the service {$service} itself: {$operator} ({$contact}).
