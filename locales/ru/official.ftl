# Настоящее ли сообщение или ссылка. Адреса стоят в <code>, чтобы Telegram не делал из них ссылок.

button-official = Проверить ссылку

official-title = <b>Это правда {$service}?</b>
official-ask = Перешлите мне сообщение, которое вас смущает, или вставьте сюда ссылку из него. Сами её пока не открывайте: я тоже не открываю, только смотрю, куда она ведёт.
official-kept = Из присланного я ничего не храню. У фото и файлов могу прочитать только подпись.

official-headline-lookalike = <b>⛔ Не открывайте: это подделка.</b>
official-headline-insecure = <b>⚠️ Осторожно: эта ссылка не защищена.</b>
official-headline-unknown = <b>❔ Поручиться за это не могу.</b>
official-headline-official = <b>✅ Адрес настоящий.</b>
official-more = { $count ->
        [one] Есть ещё {$count} ссылка, не хуже этих.
        [few] Есть ещё {$count} ссылки, не хуже этих.
        [many] Есть ещё {$count} ссылок, не хуже этих.
       *[other] Есть ещё {$count} ссылки, не хуже этих.
    }

# По строке на ссылку.
official-web-official = ✅ <code>{$host}</code> — это действительно {$service}.
official-web-own = ✅ <code>{$host}</code> — страница этого самого бота.
official-web-insecure = ⚠️ <code>{$host}</code> — это {$service}, но ссылка начинается не с https: то, что вы введёте, могут прочитать по пути.
official-web-shortened = ❔ <code>{$host}</code> сокращает ссылки: куда эта ведёт на самом деле, снаружи не видно.
official-web-numeric = ❔ <code>{$host}</code> — просто число. У страниц сервиса {$service} есть имя.
official-web-unknown = ❔ <code>{$host}</code> — не {$service}. Больше ничего об этом адресе не знаю, ни хорошего, ни плохого.
official-trick-words = ⛔ На словах это <code>{$like}</code>, а ссылка под ними ведёт на <code>{$host}</code>.
official-trick-user-info = ⛔ Ссылка ведёт на <code>{$host}</code>. Знакомое имя стоит перед знаком @, а там оно ничего не значит.
official-trick-letters = ⛔ Похоже на <code>{$like}</code>, но некоторые буквы другие, только с виду такие же. Настоящее имя: <code>{$host}</code>.
official-trick-disguise = ⛔ Здесь <code>{$like}</code> написано скрытыми или подменёнными знаками. В настоящих ссылках такого не бывает.
official-trick-sub-domain = ⛔ <code>{$host}</code> — страница <code>{$owner}</code>, а не <code>{$like}</code>: важно, чем имя кончается, а не с чего начинается.
official-trick-ending = ⛔ <code>{$host}</code> — не <code>{$like}</code>: с другим окончанием то же имя может принадлежать кому угодно.
official-trick-spelling = ⛔ <code>{$host}</code> — не <code>{$like}</code>: присмотритесь, написано чуть иначе.
official-trick-name = ⛔ В <code>{$host}</code> есть знакомое имя, но это не <code>{$like}</code>: такой адрес может завести кто угодно.
official-trick-path = ⛔ Ссылка ведёт на <code>{$host}</code>. А <code>{$like}</code> стоит в ней дальше, где можно написать что угодно.
official-mail-official = ✅ Почтовый адрес на <code>{$host}</code>, а это {$service}. Но отправителя можно подделать.
official-mail-own = ✅ Почтовый адрес на <code>{$host}</code> — тот самый, по которому нам пишут. Но отправителя можно подделать.
official-mail-before = ⛔ Почтовый адрес на <code>{$host}</code>. Знакомое имя стоит перед @, а туда его может поставить кто угодно.
official-mail-unknown = ❔ Почтовый адрес на <code>{$host}</code>, это не {$service}.
official-telegram-own = ✅ <code>{$host}</code> — это я, этот самый бот.
official-telegram-lookalike = ⛔ <code>{$host}</code> — это не я: меня зовут <code>{$like}</code>.
official-telegram-name = ⛔ <code>{$host}</code> носит имя сервиса {$service}, но мне такой аккаунт не известен. В Telegram такое имя может взять кто угодно.
official-telegram-unknown = ❔ <code>{$host}</code> в Telegram — не этот бот. Больше ничего о нём не знаю.

official-advice-lookalike = Не открывайте, не отвечайте и ничего там не вводите. Лучше всего удалить сообщение.
official-advice-insecure = Ничего там не вводите. Наберите адрес в браузере сами, с https в начале.
official-advice-unknown = Возможно, это вполне безобидно. Но если там говорят от имени сервиса {$service}, не верьте: не вводите ни пароль, ни код, ни номер карты.
official-advice-official = И всё же настоящий адрес может стоять и в поддельном сообщении. Если вас торопят или выспрашивают секреты, не отвечайте, а страницу откройте сами.
official-genuine = {$service} — только здесь: <code>{$hosts}</code>
official-never = 🔒 Ни этот бот, ни {$service} никогда не спрашивают в сообщениях пароль или номер карты. Код из письма вводите только в этом чате.
official-given-away = Уже что-то там ввели? Сразу задайте новый пароль: заодно завершатся все сеансы в Telegram. Если ввели данные карты, позвоните в банк. И напишите нам: {$contact}

official-nothing = <b>Ссылок здесь не вижу.</b>
official-nothing-advice = Перешлите сообщение целиком. Или задержите палец на ссылке, выберите «Копировать» и вставьте её сюда. Обмануть можно и без ссылки: если в сообщении просят секреты или деньги, не отвечайте.
