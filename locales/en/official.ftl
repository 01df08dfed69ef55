# Whether a message or a link is genuine. Hosts and names stand in <code>, so that Telegram makes no link of them.

button-official = Check a link

official-title = <b>Is it really from {$service}?</b>
official-ask = Forward me the message you wonder about, or paste its link here. Don’t open it first: I don’t either, I only read where it leads.
official-kept = I keep nothing of what you send. Of a picture or a file I can read the caption alone.

official-headline-lookalike = <b>⛔ Don’t open it: this only pretends to be genuine.</b>
official-headline-insecure = <b>⚠️ Careful: this link is not protected.</b>
official-headline-unknown = <b>❔ I can’t vouch for this.</b>
official-headline-official = <b>✅ The address is genuine.</b>
official-more = { $count ->
        [one] There is one more link, no worse than these.
       *[other] There are {$count} more links, none worse than these.
    }

# One link a line.
official-web-official = ✅ <code>{$host}</code> belongs to {$service}.
official-web-own = ✅ <code>{$host}</code> is a page of this very counter.
official-web-insecure = ⚠️ <code>{$host}</code> belongs to {$service}, but the link doesn’t begin with https: what you enter could be read on the way.
official-web-shortened = ❔ <code>{$host}</code> shortens links: where this one really leads cannot be seen from outside.
official-web-numeric = ❔ <code>{$host}</code> is a number. The pages of {$service} have a name.
official-web-unknown = ❔ <code>{$host}</code> is not one of {$service}’s. I know nothing else about it, good or bad.
official-trick-words = ⛔ The words say <code>{$like}</code>, but the link behind them leads to <code>{$host}</code>.
official-trick-user-info = ⛔ The link leads to <code>{$host}</code>. The familiar name stands before an @, where it counts for nothing.
official-trick-letters = ⛔ It looks like <code>{$like}</code>, but some of its letters are others that look the same. Its real name is <code>{$host}</code>.
official-trick-disguise = ⛔ Here <code>{$like}</code> is written with hidden or disguised signs. No genuine link is.
official-trick-sub-domain = ⛔ <code>{$host}</code> is a page of <code>{$owner}</code>, not of <code>{$like}</code>: what counts is how the name ends, not how it begins.
official-trick-ending = ⛔ <code>{$host}</code> is not <code>{$like}</code>: with another ending, the same name can be somebody else’s.
official-trick-spelling = ⛔ <code>{$host}</code> is not <code>{$like}</code>: look closely, the spelling differs a little.
official-trick-name = ⛔ <code>{$host}</code> has the name in it, but is not <code>{$like}</code>: anyone can register such an address.
official-trick-path = ⛔ The link leads to <code>{$host}</code>. <code>{$like}</code> stands only further on in it, where anyone can write anything.
official-mail-official = ✅ The e-mail address is at <code>{$host}</code>, which belongs to {$service}. But a sender can be forged.
official-mail-own = ✅ The e-mail address at <code>{$host}</code> is the right one to write to. But a sender can be forged.
official-mail-before = ⛔ The e-mail address is at <code>{$host}</code>. The familiar name stands before the @, where anyone can put it.
official-mail-unknown = ❔ The e-mail address is at <code>{$host}</code>, which is not one of {$service}’s.
official-telegram-own = ✅ <code>{$host}</code> is this very bot.
official-telegram-lookalike = ⛔ <code>{$host}</code> is not me: my name is <code>{$like}</code>.
official-telegram-name = ⛔ <code>{$host}</code> bears the name of {$service}, but I know of no such account. On Telegram, anyone can take a name like that.
official-telegram-unknown = ❔ <code>{$host}</code> on Telegram is not this counter. I know nothing else about it.

official-advice-lookalike = Don’t open it, don’t answer, and enter nothing there. It is best to delete the message.
official-advice-insecure = Enter nothing there. Type the address into your browser yourself, with https in front.
official-advice-unknown = It may be quite harmless. But if it speaks in the name of {$service}, don’t believe it: enter no password, code or card number there.
official-advice-official = Even so, a false message can hold a genuine address. If it presses you or asks for secrets, leave it, and open the page by yourself.
official-genuine = {$service} itself is here only: <code>{$hosts}</code>
official-never = 🔒 Neither this counter nor {$service} ever asks for your password or card number in a message. The code from the mail belongs in this chat only.
official-given-away = Have you entered something there already? Choose a new password at once: that also ends every session open on Telegram. For a card, call your bank. Then write to {$contact}.

official-nothing = <b>I see no link in that.</b>
official-nothing-advice = Forward the whole message. Or hold your finger on the link, choose “Copy”, and paste it here. A message without a link can deceive as well: if it asks for secrets or money, don’t answer it.
