# The web pages. Plain text: no HTML.

page-new-password = Choose a new password
page-new-password-intro = This page works once, for the {$service} account below.
page-account = Account
page-password = New password
page-password-rule = {$least} characters or more. A few words that have nothing to do with each other are easiest, in any language.
page-suggestion = A suggestion, drawn at random:
page-password-again = The same once more
page-button-set = Save the password
page-not-you = You didn’t ask for this link? Close the page and nothing will change. If in doubt: {$contact}

page-password-mismatch = The two entries are not the same. Nothing has changed: please enter them again.
page-password-short = That is too short: at least {$least} characters, please.
page-password-long = That is too long: {$most} characters at most.
page-password-common = Many people choose this password, and it is what thieves try first. Please take another.
page-password-guessable = This password is soon guessed: it repeats itself, follows the keyboard or holds your name. A few words that have nothing to do with each other are better.

page-set = Your password is changed
page-set-what = The new password is saved. A mail confirms it.
page-recorded = Your new password is recorded
page-recorded-what = The new password is recorded here and passed on to the service, which will apply it. A mail confirms it.
page-set-sessions = To be safe, every open session has been ended. You can close this page.
page-receipt = Please keep this reference:
page-to-chat = Back to the chat

page-button-again = Send me a new link
page-sent = A new link is on its way
page-sent-what = Look in your mailbox: it will be there in a moment and replaces any earlier one.
page-too-many = Not just yet
page-too-many-what = A link was sent to this address just now. Look in your mailbox and the junk folder, or try again later: we send a few an hour and no more.
page-used = This link has been used
page-used-what = A password was saved with it. You need another? A new link can go to the same address.
page-expired = This link is no longer valid
page-expired-what = To keep your account safe, a link lives for a short time only. A new one can go to the same address.
page-void = A newer link is waiting for you
page-void-what = Another link has been sent to you since. Open the one in the latest mail.
page-refused = The password cannot be changed
page-refused-locked = The service has locked this account and nothing can be changed on it for now. Please write to {$contact}.
page-refused-closed = This account is closed and can no longer be changed. If you have a question, write to {$contact}.
page-unknown = There is no such link
page-unknown-what = It may be incomplete or too old. Copy it whole from the mail, or ask for a new one with /reset in the chat.
page-trouble = One moment, please
page-trouble-what = The counter is very busy and nothing has changed. Please try again in a minute.
page-closed = This counter has closed
page-closed-what = {$date} was its last day. Nothing can be changed here any more, and everything that was kept about you is erased.

page-sign-in = Sign in with your password
page-sign-in-intro = Enter the e-mail address and the password of your {$service} account. You will then be shown a code to type in the Telegram chat.
page-email = E-mail address
page-current-password = Password
page-button-sign-in = Show me the code
page-sign-in-not-you = Is that not your Telegram account? Then somebody has sent you their own page: close it and enter nothing. If in doubt: {$contact}
page-sign-in-wrong = That didn’t work. Either the address and the password don’t belong together, or the account can’t be used this way. Please check both, or have a code mailed to you from the chat.
page-sign-in-no-address = That doesn’t look like an e-mail address. It should read like name@example.org.
page-sign-in-cookie = Your browser did not send back the cookie that protects this form, so nothing was checked. Please enter the password once more; if this message returns, allow cookies for this page.
page-sign-in-gone = This page has had its day
page-sign-in-gone-what = It is valid for {$minutes} minutes and takes the right password once; a newer page replaces it. Ask for another with /signin in the chat.

page-code = Your code
page-code-what = The password is right. Type this code in the chat:
page-code-rule = It is valid for {$minutes} minutes and works once, only in the chat with the Telegram account named here. Don’t tell it to anybody: nobody from the service will ever ask for it.

page-limited = Please wait a little
page-limited-what = This has been tried or asked for very often, perhaps by somebody else. To keep accounts safe, the counter then goes slowly. You can try again in { $minutes ->
        [one] a minute
       *[other] {$minutes} minutes
    }.

page-sign-in-intro-app = Enter the e-mail address and the password of your {$service} account. The chat will then be signed in, without any code.
page-button-sign-in-app = Sign in
page-sign-in-app-stale = What Telegram told us about you no longer holds, so nothing was checked. Enter the password once more and you will get a code to type in the chat, or open the page anew from there.
page-signed-in = You are signed in
page-signed-in-what = Close this page: the chat goes on where you were.
