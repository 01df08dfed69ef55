# What Telegram shows of the bot: name, descriptions, commands menu. Plain text. The answer in groups.

# Telegram's limits: 64 characters, 512, 120.
bot-name = Counter for {$service} customers
bot-description = {$service} on {$place} has closed to customers. Here you can see what closed and when, look through your payments, take your linked cards off, and find out what to do with your balance. You sign in with a code sent by mail; I never ask for a password or a card number. /help says who runs this counter.
bot-short-description = {$service} on {$place} has closed: see your payments, take off your cards, settle what is left.

command-menu = Menu
command-status = What closed, and my account
command-history = My payments
command-activity = What was done on my account
command-cards = My linked cards
command-sessions = Where I am signed in
command-reset = New password
command-signin = Sign in
command-signout = Sign out
command-help = Help
command-official = Is this message or link genuine?
command-language = Language
command-privacy = What I keep about you
command-mydata = My data as a file
command-forget = Erase everything about this chat
command-cancel = Cancel and go back to the menu

group-answer = I keep accounts between you and me: please write to me in private.
button-private-chat = Private chat
