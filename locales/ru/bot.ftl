# Что о боте показывает Telegram: имя, описания, меню команд. Простой текст. Ответ в группах.

# Пределы Telegram: 64 знака, 512, 120.
bot-name = Помощь клиентам сервиса {$service}
bot-description = Сервис {$service} на площадке {$place} закрылся для клиентов. Здесь можно узнать, что закрыто и когда, посмотреть свои платежи, отвязать карты и решить, как быть с остатком. Вход — по коду из письма; пароль и номер карты я никогда не спрашиваю. Кто отвечает за бота, сказано в /help.
bot-short-description = Сервис {$service} на площадке {$place} закрылся. Здесь — ваши платежи, карты и остаток.

command-menu = Меню
command-status = Что закрыто и что с моим аккаунтом
command-history = Мои платежи
command-activity = Что делали с моим аккаунтом
command-cards = Мои привязанные карты
command-sessions = Где открыт мой аккаунт
command-reset = Новый пароль
command-signin = Войти
command-signout = Выйти
command-help = Помощь
command-official = Проверить сообщение или ссылку
command-language = Язык
command-privacy = Что я о вас храню
command-mydata = Мои данные одним файлом
command-forget = Удалить всё об этом чате
command-cancel = Отменить и вернуться в меню

group-answer = Об аккаунтах я говорю только наедине: напишите мне, пожалуйста, в личный чат.
button-private-chat = Личный чат
