# What was done on the account, newest first, each with the reference of its receipt.

button-activity = Activity
activity-title = <b>What was done on your account</b>
activity-empty = <b>Nothing yet</b>
    Nothing has been done on your account here.
activity-line = • {$moment}: {$action}. <code>{$reference}</code>
activity-not-you = Something you don’t recognise? Write to {$contact} and quote the reference at the end of its line.

activity-signed-in = signed in from Telegram
activity-signed-out = signed out
activity-session-ended = sign-in ended
activity-session-ended-elsewhere = one chat signed out from another
activity-code-voided = wrong codes were entered, and the code became void
activity-reset-asked = link for a new password asked for
activity-reset-refused = link for a new password asked for and refused
activity-password-changed = password changed
activity-password-recorded = password change recorded
activity-card-removed = card taken off
activity-card-recorded = removal of a card recorded
activity-account-shown = looked at by those who run this counter
activity-account-locked = account locked by those who run this counter
activity-account-unlocked = account unlocked by those who run this counter
activity-sessions-ended = every chat signed out by those who run this counter
activity-account-erased = account erased by those who run this counter
activity-other = other: {$action}
