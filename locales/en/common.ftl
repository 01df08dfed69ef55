# Words that every part of the counter shares. No HTML in buttons and in notices.

text-missing = This text is missing; please use /menu.

button-menu = Menu
button-back = Back
button-cancel = Cancel
button-status = What closed
button-history = My payments
button-cards = My cards
button-help = Help
button-language = Language
button-reset = Forgot password
button-sign-in = Sign in
button-sign-out = Sign out

# Shown over the chat after a tap, or above the screen after something typed: 200 characters, no HTML.
choose-a-button = Please choose one of the buttons under the message.
stale-button = That button is out of date. Here is where we are now.
unknown-command = I don’t know that command. The buttons below show what you can do here; /menu leads to everything else.
unreadable = I can only read text here: no photos, stickers, files or voice messages, sorry.
card-number-typed = That looked like a card’s number or code: I am deleting the message and keep nothing of it. Please never send one here.
nothing-to-cancel = There is nothing to cancel; you are at the menu.
cancelled = Cancelled. You are back at the menu.

# Above the menu.
trouble-here = Sorry, something went wrong on our side with your last request. Nothing was half done: please try again.
trouble-lost-place = We have updated the counter and lost our place in the conversation, sorry. Your account is not affected; please start again from here.

# Several balances on one line, and the last of them.
amounts = {$amount} · {$rest}
amount = {$amount}
