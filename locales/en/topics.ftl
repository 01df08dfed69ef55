# The help articles, in the order of the menu. To add one, write a block of this form in all three languages:
#   topic-NAME       the article, one screen of text; NAME is lower-case letters, digits and _
#   .title           what stands on its button: 20 characters at most
#   .questions       what people ask about it, one question a line: a typed question is compared with them
#   .leads           in this language alone: the flows its buttons lead into, of status history cards signin reset official privacy language
# Any article can write $service, $place, $closed, $register_stopped, $top_up_stopped, $link_card_stopped, $currencies,
# $currency_count, $hosts, $operator, $contact, $service_contact, $code_minutes, $code_tries, $link_minutes, $password_length, $idle_minutes,
# $session_hours, and choose by $official (yes or no: is the operator the service itself) and $record (guichet or upstream).

topic-about =
    <b>What {$service} was, and what this counter does</b>

    {$service} was the Alibaba group’s payment system for shopping on AliExpress, Taobao and Alibaba. Your account was opened automatically with your first purchase, whether you noticed or not. It worked in {$currency_count} currencies, with Visa, Mastercard and e-wallets.

    It has closed to customers, but your account, your payments and any balance are still there. Here you can:
    • see what closed and when: /status
    • look through your payments: /history
    • take your linked cards off: /cards
    • get a forgotten password back: /reset

    /signin signs you in with a code sent by mail, /cancel leaves any step, /signout ends the session.
    .title = The service
    .questions =
        What is {$service}?
        What can this bot do for me?
        Do I have an account without knowing it?
        Who owned the payment system, Alibaba?
        Which commands are there?
    .leads = status signin

topic-closure =
    <b>What closed, and what still works</b>

    {$service} on {$place} closed to customers on {$closed}. No new accounts, no topping up, no linking of cards since then.

    What still works:
    • spending the balance on purchases
    • withdrawing it to your own card
    • seeing your payments
    • taking cards off
    • setting a new password

    You don’t need the service to go on shopping: any card or e-wallet pays on {$place} directly. “What closed” shows each point with its date, and, once you have signed in, what is left to do on your account.
    .title = The closure
    .questions =
        Why did {$service} close?
        When did it shut down?
        What still works after the closure?
        What happens to my account now?
        Is the service coming back?
    .leads = status

topic-register =
    <b>No new accounts</b>

    {$service} has taken no new customers since {$register_stopped}. Neither this counter nor anyone else can open an account for you; whoever offers to, for money or as a favour, is after your data.

    You can shop on {$place} without one: choose a card or an e-wallet at checkout.

    Maybe you have an account already. It was opened automatically with your first purchase, under the e-mail address of your {$place} sign-in. To find out, sign in here with that address: if there is an account, a code arrives.
    .title = New account
    .questions =
        How do I register?
        Can I open a new account?
        I want to create an account
        Is registration possible?
        How do I become a customer?
    .leads = status signin

topic-sign_in =
    <b>Signing in</b>

    You sign in here with the e-mail address of your {$service} account, no password needed:
    1. Tap “Sign in” and write me the address.
    2. Open the mail and type the 8-digit code into this chat.

    The code is good for {$code_minutes} minutes, once, in this chat only, and for {$code_tries} tries.

    No mail? Check the spelling and the spam folder; you can ask for a new code after a minute. If still nothing comes, there is no account under that address: try the one you use on {$place}.

    After {$idle_minutes} minutes of silence, or {$session_hours} hours at most, I sign you out to protect your account.
    .title = Signing in
    .questions =
        How do I sign in?
        The code doesn’t arrive
        The code is wrong or has expired
        Why was I signed out?
        How do I log in to my account?
        I no longer have that e-mail address
    .leads = signin reset

topic-password_reset =
    <b>A forgotten password</b>

    You don’t need the password for this counter: a mailed code is enough. If you do want a new one, send /reset:
    1. Write me the e-mail address of your account.
    2. Type the digits from the picture (the captcha), or do a small sum instead: this keeps robots out.
    3. Open the link in the mail within {$link_minutes} minutes and choose the new password on our page: {$password_length} characters or more. A few ordinary words in a row are easy to remember and hard to guess.

    Never type a password into this chat: I don’t ask for it, and neither does {$operator}.

    The password of {$place} itself is changed on {$place}, under its own “Forgot password?”.
    .title = Forgotten password
    .questions =
        I forgot my password
        How do I reset or restore the password?
        The reset link doesn’t work
        How do I change the password?
        What is the captcha for?
    .leads = reset signin

topic-link_card =
    <b>Linking a card</b>

    {$service} has linked no cards since {$link_card_stopped}, and nobody can make an exception, this counter included. A card that was taken off can’t come back either.

    You don’t need to link one: at checkout on {$place}, pay with any card or e-wallet.

    Please never send a card number into this chat. If it happens, I delete the message and keep nothing of it.

    The cards linked before the closure are still there: see them, or take them off, under “My cards”.
    .title = Linking a card
    .questions =
        How do I link a card?
        Can I add a new Visa or Mastercard?
        My card was replaced, how do I attach the new one?
        Why can’t I bind my card?
    .leads = cards status

topic-unlink_card =
    <b>Taking a card off</b>

    1. Sign in and open “My cards”.
    2. Tap the card; you know it by its last four digits.
    3. Confirm. Cards are taken off one by one, each with its own question.

    { $record ->
        [upstream] Your request is recorded and passed on to {$service}, which takes the card off.
       *[guichet] The card is off at once.
    } You get a reference here and by mail: keep it.

    It can’t be undone: no card can be linked any more. The card itself goes on working, at your bank and on {$place}. If the account is locked, have it unlocked first.

    You can also do it on {$place}, under “My account”, where each card is removed with a confirmation as well.
    .title = Taking a card off
    .questions =
        How do I remove a card?
        How do I unlink or delete my Visa card?
        Take my card off the account
        I lost my card
        Can I undo the removal of a card?
    .leads = cards

topic-pay =
    <b>Paying from the balance</b>

    What is left on your {$service} balance can be spent on purchases:
    1. Sign in on {$place} as usual and choose what you like.
    2. At checkout, choose {$service} as the means of payment.

    You pay there, never here: I can show what you have, but I can’t pay.

    If the balance is not enough, or was used up, pay with any card or e-wallet. You need no {$service} account for that.

    Does checkout not offer the balance? Check under “What closed” that the account isn’t locked; then write to {$service_contact}.
    .title = Paying
    .questions =
        How do I pay with my balance?
        How do I spend the money that is left?
        Which cards can I pay with on {$place}?
        Can I still buy things?
        My payment failed
    .leads = status history

topic-top_up =
    <b>Topping up</b>

    The balance has not been topped up since {$top_up_stopped}: not by card, not by transfer, not through a third person. Please send money to nobody who promises to do it; it would be lost.

    For new purchases you need no balance: on {$place}, any card or e-wallet pays directly.

    What was on the {$service} balance before the closure is still yours: spend it on purchases, or withdraw it to your own card. Once you have signed in, “What closed” shows how much it is.
    .title = Topping up
    .questions =
        How do I top up the balance?
        Can I add money to my account?
        How do I deposit or transfer money in?
        My balance is empty
    .leads = status

topic-withdraw =
    <b>Withdrawing the balance</b>

    What is left can be withdrawn to your own card, that is, a card in your name. It is done by {$service}, not by this counter:
    1. See here, under “What closed”, how much there is and whether the account is open. If it is locked, have it unlocked first.
    2. Sign in on {$place} and open “My account”: the balance and your cards are there.
    3. If you find no way to withdraw, write to {$service_contact} from the address of your account.

    Before you take off your last card, decide whether you need it for this: it can’t be linked again.

    Nobody charges a fee in advance. Whoever asks for one, or for the card’s code, is a fraud.
    .title = Withdrawing
    .questions =
        How do I withdraw my money?
        How do I get my balance back?
        Transfer the balance to my bank card
        How long does a withdrawal take?
        Is there a fee?
    .leads = status cards

topic-history =
    <b>Your payments</b>

    Sign in and open “My payments”: the newest come first, eight to a page. Tap a number for the details: merchant, day and time, state, the card or the balance it was paid from, and the reference.

    What the states mean:
    • paid: the merchant has the money
    • pending: not settled yet
    • refunded: the money went back
    • failed: nothing was taken

    {$service} shows the same on {$place}, under “Payment history”. If a payment is missing or you don’t recognise one, write to {$service_contact} with its reference; never with a card number.
    .title = Payment history
    .questions =
        Where do I see my payments?
        What does pending mean?
        I don’t recognise a payment
        A payment is missing from the history
        Where do I find the reference or a receipt?
    .leads = history

topic-currencies =
    <b>Currencies and means of payment</b>

    {$service} accounts work in these {$currency_count} currencies: {$currencies}.

    You may have a balance in several of them; each is shown by itself, and I convert nothing. A payment appears in the currency it was made in.

    If your card is in another currency, your bank converts at its own rate, and may take a fee: ask the bank.

    The means of payment were Visa and Mastercard cards and e-wallets. On {$place} they still work, directly at checkout.
    .title = Currencies
    .questions =
        Which currencies are there?
        Can I pay in euros, dollars or roubles?
        Which exchange rate applies?
        Why do I have several balances?
        Are e-wallets accepted?
    .leads = status history

topic-refund =
    <b>Refunds</b>

    A refund is decided where you bought: on {$place}, with the seller. Open the order there and ask for it, or open a dispute if the seller doesn’t answer.

    As a rule the money goes back the way it came: to the card you paid with, or to the {$service} balance. A bank may need some days before it shows.

    Here, under “My payments”, such a payment is then marked “refunded”. I show the state; I can’t start or speed up a refund.

    If the seller agreed and the money can’t arrive, because the card has expired or the account is locked, write to {$service_contact} with the payment’s reference.
    .title = Refunds
    .questions =
        How do I get a refund?
        My order didn’t arrive, I want my money back
        Where did my refund go?
        The refunded card has expired
        How do I open a dispute?
    .leads = history

topic-unlock =
    <b>A locked account</b>

    Only {$service} locks and unlocks accounts, usually to protect their holders. This counter can neither lift a lock nor see the reason for it.

    While it lasts you can see your account and your payments, but nothing can be changed: no card taken off, no balance moved.

    To have it unlocked, write to {$service_contact} from the e-mail address of your account, and ask for the reason. You may be asked who you are, never for a password, a code or a whole card number.

    Whether your account is locked stands under “What closed”, once you have signed in.
    .title = Locked account
    .questions =
        My account is locked
        How do I unlock my account?
        Why is my account blocked or frozen?
        My account is suspended
    .leads = status

topic-delete_account =
    <b>Deleting your data or your account</b>

    These are two different things.

    <b>What this bot keeps of our chat</b>: /forget erases it. /privacy says what is kept and for how long. Your {$service} account is not touched by that.

    <b>The {$service} account itself</b>: only the service can close it. First spend or withdraw the balance, take your cards off and note the references you may need; then write to {$service_contact} from the address of the account. It belongs to your {$place} sign-in: ask what else would go with it.

    If you only want to stop using it, you need do nothing more: without cards and balance, nothing can be taken from it.
    .title = Delete my account
    .questions =
        How do I delete my account?
        Erase my data
        How do I close the account for good?
        What do you keep about me?
        Delete my personal data
    .leads = cards privacy

topic-security =
    <b>Staying safe</b>

    🔒 Nobody from this counter or from {$service} asks you for a password or a card number, not here, not by phone, not by mail. The code from a mail belongs in this chat only, and only when you have asked for it yourself.

    • The code from the mail is typed in this chat only. The mail names the Telegram account that asked for it: if that isn’t you, do nothing.
    • The service’s own pages are on {$hosts}. Look at the address before you sign in.
    • A message or a link looks odd? Forward it to me under /official, and I tell you whose it is.
    • This counter is run by {$operator}: {$contact}. Another name, another bot, or someone who writes to you first is not us.
    • Fees in advance, “unlocking for money”, “double your balance”: always a fraud.

    Did you give something away? Look at /sessions and end what is not yours, change the password with /reset, call your bank about the card, and write to us.
    .title = Security
    .questions =
        Is this bot safe?
        Someone asked for my code or password
        How do I recognise scammers and fraud?
        Which sites are official?
        Is this link or message genuine?
        I think my account was hacked
        Is this phishing?
    .leads = official reset cards

topic-human =
    <b>Talking to a person</b>

    I am a program: quick with the usual things, of no use with the unusual. For those there are people.

    { $official ->
        [yes] This counter is run by {$service} itself: {$operator}, {$contact}. They can look into your account and decide.
       *[no] This counter is run by {$operator}, not by {$service}: {$contact}. They help with the counter itself. What only the service can decide, such as a locked account, a withdrawal or a closure, goes to {$service_contact}.
    }

    Write from the e-mail address of your account. Say what you wanted, what happened and on which day, with the reference if you have one. Leave out passwords, codes and card numbers: nobody needs them to help you.
    .title = Talk to a person
    .questions =
        I want to talk to a human
        How do I reach an operator or support?
        Who runs this counter?
        Where do I complain?
        What is your phone number or address?
    .leads = status

topic-language =
    <b>The language</b>

    I speak French, Russian and English. At first I follow the language of your Telegram; once you have chosen, your choice holds everywhere: screens, mails, the menu of commands.

    To change it, tap “Language” below or send /language, wherever you are. The step you were in stays where it was.

    What merchants are called and what you type yourself is not translated.
    .title = Changing language
    .questions =
        How do I change the language?
        Can you speak French or Russian?
        Do you speak English?
        The bot answers in the wrong language
    .leads = language
