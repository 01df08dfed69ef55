# The greeting, the menu and the choice of language.

greeting = Hello and welcome! This is the counter for customers of {$service}; I’m glad to help.

menu-title = <b>What can I do for you?</b>
what-happened = {$service} on {$place} closed to customers on {$date}: no new clients, no top-ups, no linking of cards. What is left on your balance can still be spent on purchases or withdrawn to your own card.
menu-signed-in = You are signed in as {$email}.
menu-not-signed-in = You are not signed in. Sign in to see your payments and your cards.

language-title = <b>Which language shall we speak?</b>
    At the moment: {$language}.
language-set = From now on, we speak English.
language-fr = Français
language-ru = Русский
language-en = English
