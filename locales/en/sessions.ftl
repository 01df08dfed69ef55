# The chats that are signed in to the account: /sessions.

button-sessions = Who is signed in
sessions-title = <b>Signed in to your account</b>
sessions-here = • <b>This chat</b>, since {$since}
sessions-elsewhere = {$number}. Another chat, in { $language ->
        [fr] French
        [ru] Russian
       *[en] English
    }: since {$since}, last active {$seen}
sessions-more = These are the first {$shown} of {$count} other chats; “End all others” ends every one of them.
sessions-alone = No other chat is signed in.
sessions-hint = Not yours? End it, then choose a new password with /reset.
button-end-session = End no. {$number}
button-end-others = End all others
sessions-ended = { $count ->
        [0] There was no other session left to end.
        [one] ✅ Done: that session has ended, and its chat has been told.
       *[other] ✅ Done: {$count} sessions have ended, and their chats have been told.
    }
sessions-confirm = { $count ->
        [one] <b>End the other session?</b>
       *[other] <b>End all {$count} other sessions?</b>
    }
sessions-confirm-what = Only this chat stays signed in. To come back, the others need a new code from your mailbox, or your password. Somebody else may know it? Then choose a new one with /reset.
button-end-others-confirm = Yes, end them
button-end-others-keep = No, leave them
# Shown over the chat after a tap.
sessions-kept = Fine, nothing has been ended.
sessions-expired = That question has timed out and nothing was ended. Tap “End all others” to be asked again.

# What another chat of the account, or the operator, has done: shown in a message of its own.
new-sign-in = ⚠️ Another chat, in { $language ->
        [fr] French
        [ru] Russian
       *[en] English
    }, has just signed in to your account. That wasn’t you? End it in /sessions, then choose a new password with /reset.
session-ended-elsewhere = <b>You have been signed out</b>
    Another chat that is signed in to your account has ended this session. That wasn’t you? Sign in again, look at /sessions, and choose a new password with /reset.
session-ended-locked = <b>You have been signed out</b>
    This account has been locked by those who run this counter. To find out why, write to {$contact}.
session-ended-password = <b>Your password has changed</b>
    It was not changed here, so for safety’s sake this session has ended. Sign in again to go on. It was not you? Write to {$contact}.
session-ended-by-operator = <b>You have been signed out</b>
    Those who run this counter have ended this session. You can sign in again at any time; if you have a question, write to {$contact}.
session-ended-erased = <b>You have been signed out</b>
    Your account has been erased from this counter. If you have a question, write to {$contact}.
