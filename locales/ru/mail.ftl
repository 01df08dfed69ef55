# Письма, простой текст: без HTML.

mail-code-subject = Код для входа: сервис {$service}
mail-code-intro = Здравствуйте!

    Кто-то, скорее всего вы, хочет войти в ваш аккаунт сервиса {$service} через нашего бота в Telegram.
mail-code = Ваш код:
    {$code}
mail-code-until = Код годится на один раз и только в том чате, где его запросили. Он действует { $minutes ->
        [one] {$minutes} минуту
        [few] {$minutes} минуты
        [many] {$minutes} минут
       *[other] {$minutes} минуты
    }.
mail-asked-by = Запрос пришёл от пользователя Telegram: {$person}
mail-code-not-you = Это были не вы? Тогда просто не обращайте внимания на это письмо: без кода никто не войдёт. Никому его не сообщайте, даже если вам скажут, что это сотрудник сервиса.

mail-card-subject = Отвязка карты {$brand} •••• {$last4}
mail-card-removed = Здравствуйте!

    Карта {$brand} •••• {$last4} отвязана от вашего аккаунта сервиса {$service}. Время: {$moment}.
mail-card-recorded = Здравствуйте!

    Ваша просьба отвязать карту {$brand} •••• {$last4} от аккаунта сервиса {$service} записана. Время: {$moment}. Мы передали её сервису, он и отвяжет карту.
mail-receipt = Сохраните, пожалуйста, этот номер: {$reference}
mail-card-not-you = Это были не вы? Тогда сразу напишите нам: {$contact}

mail-operator = За этого бота отвечает {$operator} ({$contact}). Это не сам сервис {$service}.
mail-operator-is-service = За этого бота отвечает сам сервис {$service}: {$operator} ({$contact}).
