# Help: what the counter can do, and who runs it.

help-title = <b>How I can help you with {$service} on {$place}</b>
help-status = • /status: what closed and when, and how your account stands
help-history = • /history: your payments, newest first
help-cards = • /cards: your linked cards, and taking them off
help-sign-in = • /signin: sign in with a code sent to your e-mail address
help-leave = • /cancel to leave a step, /signout to sign out
help-secrets = 🔒 I never ask for a password or a card number. The code from the mail belongs in this chat only: don’t give it to anyone.
help-operator = This counter is run by {$operator}, not by {$service} itself. Questions: {$contact}
help-operator-is-service = This counter is run by {$service} itself: {$operator}. Questions: {$contact}
