# Signing in with a mailed code, signing out, the end of a session.

sign-in-title = <b>Sign in</b>
sign-in-needed = <b>Please sign in first</b>
    You will then go straight on to what you asked for.
ask-email = Write me the e-mail address of your {$service} account. I will send a sign-in code there.
not-an-email = That doesn’t look like an e-mail address. It should read like name@example.org.

ask-code = If <b>{$email}</b> has an account, a code of 8 digits is on its way there. It is valid for {$minutes} minutes: please type it here.

    Nothing has come? Check the spelling of the address and look in the junk folder.
ask-code-here-only = 🔒 The code works only in this chat. Nobody from the service will ever ask you for it. Never type a password or a card number here.
prove = <b>Is it still you?</b>
    Your last code was entered a while ago, and this step matters. A fresh code of 8 digits is on its way to {$email}, the address of your account. It is valid for {$minutes} minutes: please type it here, and we go on right where we were.
button-resend = New code
button-other-address = Other address

# Shown over the chat after a tap, or above the screen after something typed.
code-just-sent = A code was asked for less than a minute ago. Please give it a moment, then try again.
code-no-more = That was the last resend for now. You can ask for another code in { $minutes ->
        [one] a minute
       *[other] {$minutes} minutes
    }.
code-sent-again = If this address has an account, a new code is on its way. The one before it no longer works.
prove-sent-again = A new code is on its way. The one before it no longer works.
not-a-code = The code is 8 digits, as in the mail. Please type it once more.
code-wrong = That is not the right code. { $left ->
        [one] You have {$left} try left.
       *[other] You have {$left} tries left.
    }
code-void = This code no longer works: it has expired, has been used, was tried too often, or the account’s sessions have been ended since. Tap “New code” to get another.
signed-in = You are signed in. Welcome!
proven = Thank you, that’s confirmed.
already-signed-in = You are signed in already.
signed-out = You are signed out. See you soon!
not-signed-in = You were not signed in.
session-ended-notice = That step was not carried out: please sign in again first.

session-ended = <b>Your session has ended</b>
    To keep your account safe, I sign you out after a while. Sign in again and you will go on where you were.
button-sign-in-again = Sign in again

# With the password, on a page.
button-with-password = With my password
button-code-by-mail = Code by mail instead

on-page = <b>Sign in with your password</b>
    Open the page and enter your e-mail address and your password there, never in this chat. The page is valid for {$minutes} minutes.
on-page-code = It then shows you a code of 8 digits, valid for {$minutes} minutes: please type it here.
button-open-page = Open the page
button-new-page = New page
not-a-page-code = The code is 8 digits, as the page shows them once the password was right. Please type it once more.
page-code-void = Neither this page nor its code works any longer: too old, used already, tried too often, or the account’s sessions have been ended since. Tap “New page” for another.

# Where something was tried too often.
limited = <b>Please wait a little</b>
    This has been tried or asked for very often, perhaps by somebody else. To keep accounts safe, I then go slowly. You can try again in { $minutes ->
        [one] a minute
       *[other] {$minutes} minutes
    }.
