# A forgotten password: the address, the check, the link. The page it opens is in pages.ftl.

reset-title = <b>Forgotten your password?</b>
reset-ask-email = Write me the e-mail address of your {$service} account. After a short check I will send a link there, to choose a new password with.

# Under the picture: 1024 characters.
captcha-picture = Which digits do you see? Type them here.
captcha-question = How much is {$a} plus {$b}? Please answer in digits.
number-word = { $number ->
        [2] two
        [3] three
        [4] four
        [5] five
        [6] six
        [7] seven
        [8] eight
        [9] nine
       *[other] {$number}
    }
captcha-wrong = That is not the right answer. { $left ->
        [one] You have {$left} try left.
       *[other] You have {$left} tries left.
    }
captcha-failed = None of those answers was right. Let’s begin again: your e-mail address, please.
button-other-picture = Another picture
button-other-question = Another question
button-question = I can’t see the picture
button-picture = Rather a picture

reset-offer = That’s right. Shall I send the link to <b>{$email}</b>?
reset-offer-what = It opens a page on which you choose your new password. It is valid for {$minutes} minutes and works once.

    🔒 Never write a password in this chat.
button-send-link = Send the link

reset-sent = If <b>{$email}</b> has an account, a link is on its way. It is valid for {$minutes} minutes, works once and replaces any earlier one.
reset-sent-hint = Nothing has come? Check the spelling of the address and look in the junk folder. An address is sent {$times} links an hour at most.
button-send-link-again = Send another

# Shown over the chat after a tap.
link-just-sent = A link was asked for less than a minute ago. Please give it a moment, then try again.
link-sent-again = If this address has an account, a new link is on its way. The one before it no longer works.
link-no-more = That was the last one for now. You can try again in an hour.

reset-stopped = <b>The password cannot be changed here</b>
    The service no longer replaces passwords. Please write to {$contact}.

# In the chats that were signed in.
password-changed-here = 🔒 <b>The password of your account was changed: {$moment}.</b>
    To be safe, I have signed you out here. It wasn’t you? Then write to {$contact} at once.
