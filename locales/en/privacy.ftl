# What is kept and why, all of it as a document, all of it erased.

button-privacy = Privacy
button-my-data = My data
button-forget = Erase everything

privacy-title = <b>What I keep, and why</b>
privacy-chat = • <b>This chat</b>: its number, the language and where we are, so that I can answer you. Forgotten after {$days} days without a word from you.
privacy-session = • <b>Your sign-in</b>: which account this chat is signed in to. It ends after {$minutes} minutes of silence, after {$hours} hours at the latest; its times stay for {$days} days, in case something must be looked into.
privacy-code = • <b>A code you asked for</b>: your e-mail address and the time, for {$minutes} minutes.
privacy-page = • <b>A sign-in page you asked for</b>: your Telegram name and the time, for {$minutes} minutes.
privacy-reset = • <b>A password link you asked for</b>: the account, your Telegram name and the time, for {$hours} hours after the link has ended.
privacy-limits = • <b>How often something was tried</b>, until it may be tried freely again, and whether this chat was signed in to an account before, for {$days} days: as fingerprints made with a secret key, without any name.
privacy-sending = • <b>What is on its way to you</b>, until it arrives. If it never does, a note without content or name stays for {$days} days.
privacy-updates = • <b>Telegram’s serial numbers</b>, without any link to you, for {$hours} hours: so that nothing is done twice.
privacy-set-aside = • <b>A conversation I could not read</b> after an update: put aside for {$days} days, to find the fault.
privacy-audit = • <b>What was done on your account</b>, under a number instead of your name, for {$days} days: /activity shows it.
privacy-account = • <b>Your {$service} account</b>: name, address, balance, cards, payments, and receipts of what was done on it. It belongs to the service, which decides how long it stays, and names no chat.
privacy-final-date = • <b>After {$date}</b> I erase your account, this chat and everything else I keep about you.
privacy-never = I never keep a password or a card number typed here, nor the messages you write, except a comment you leave on a help article, which is kept without your name.
privacy-telegram = Telegram keeps our messages on its side, where you can clear them. /mydata sends you everything as a file; /forget erases this chat.

data-coming = <b>Your data is on its way</b>
    I am gathering everything in a file and will send it here. With very many payments, this may take a minute or two.
data-coming-signed-out = <b>Your data is on its way</b>
    You are not signed in, so the file will be about this chat only. To have your account in it too, sign in and ask again with /mydata.
# Shown over the chat after a tap, or above the screen after something typed: 200 characters, no HTML.
data-just-sent = You asked for your data less than a minute ago: it is here already, or will be any moment. In a minute you can ask again.
# Above the screen.
data-failed = Sorry, I could not put your data together. Please ask again with /mydata; if it fails again, write to {$contact}.
data-still-coming = Your data is still on its way. Please give it a little longer.

# Under the file. Plain text.
data-caption = Everything I keep about you: this chat and your account. It is plain text, which any text editor shows. Please keep it to yourself.
data-caption-signed-out = Everything I keep about this chat. To have your account in it too, sign in and ask again with /mydata.

# In the file. Plain text.
data-about = Everything that the counter for {$service} customers keeps about you. Made: {$moment}.
data-about-values = Times in the parts below are in universal time (UTC); amounts are written with a decimal point.
data-about-signed-out = You were not signed in, so your account is not in this file. To have it too, sign in and ask again with /mydata.
data-part-chat = This Telegram chat: its number, its language, where the conversation stands, and the message that shows the present screen.
data-part-sessions = Your sign-ins from this chat: when each began, was last confirmed by a code, was last used and ended.
data-part-code-request = The sign-in code you asked for last, without the code itself, and without saying whether the address has an account.
data-part-page-request = The sign-in page you asked for last, without its link and its code.
data-part-on-its-way = What is still to be sent to you, this file included. Codes and links by mail are not listed.
data-part-account = The account you are signed in to. The password itself is not known here; “password_set” tells whether there is one.
data-part-balances = What is left on the account, by currency.
data-part-cards = The linked cards, and those that were taken off (“removed_at”).
data-part-events = What has changed on the account through this counter.
data-part-receipts = The receipts you were given, by their reference.
data-part-reset-links = The links asked for to choose a new password, without the links themselves.
data-part-payments = The payments, newest first.
data-left-out = Telegram takes files of up to 50 MB from me; these older payments did not fit. /history shows them all.

forget-title = <b>Erase everything about this chat?</b>
forget-erased = • Erased: this chat with its language, your sign-in, codes you asked for, and what was still on its way to you.
forget-stays = • Stays: your account with the service and the receipts of what was done on it, without any link to this chat. Mails that confirm something already done still go out.
forget-telegram = Our messages are kept by Telegram: to remove them as well, choose “Clear history” in this chat’s menu afterwards.
button-forget-confirm = Yes, erase everything
button-forget-keep = No, keep everything
forget-kept = Fine, nothing has been erased.
forget-expired = That question has timed out and nothing was erased. Tap “Erase everything” to be asked again.
forgotten = <b>Done: I have erased everything about this chat.</b>
    Thank you for your visit, and all the best! If you ever come back, write /start and we begin afresh.
forgotten-telegram = To remove our messages as well, choose “Clear history” in this chat’s menu.
