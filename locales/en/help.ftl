# Help: the menu of topics, and what stands around an article. The articles are in topics.ftl.

help-title = <b>Help with {$service} on {$place}</b>
help-ask = Choose a topic, or write your question in a few words.
help-secrets = 🔒 I never ask for a password or a card number. The code from the mail belongs in this chat only: don’t give it to anyone.
help-operator = This counter is run by {$operator}, not by {$service} itself. Questions: {$contact}
help-operator-is-service = This counter is run by {$service} itself: {$operator}. Questions: {$contact}

help-offered = <b>Is it one of these?</b>
    If not, ask in other words, or look through all the topics.
# Shown above the screen.
help-nothing-found = Sorry, I have no article on that, or I didn’t understand. Try other words, or choose a topic below.

help-was-it-helpful = <i>Was this helpful?</i>
button-helpful = 👍 Yes
button-not-helpful = 👎 No
help-comment = <b>“{$title}”: what was missing?</b>
    If you like, tell us in a sentence or two. I keep only the text, the topic and the day: no name, no account.
button-skip = Skip
button-topics = All topics
# Shown over the chat or above the screen.
help-thanks = Thank you! That helps us answer better.

# The words that don’t tell what a typed question is about; they are not compared. Lower case; a single letter never counts.
help-small-words = the an and or but of to in on at by for from with without is are was were be been am do does did done doing have has had can could will would should may might must it its this that these those there here what which who whom whose when where why how my mine me your yours you we us our he she they them his her their not no yes if so as any some all just still now then than too also please thanks thank hello hi want need like get got ve don doesn didn isn aren won
