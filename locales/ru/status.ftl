# Что закрыто и когда, и аккаунт клиента. Дата по-русски кончается на «г.»: точки после неё не ставим.

status-title = <b>Сервис {$service} на площадке {$place}</b>
    Закрыт для клиентов с {$date}
status-stopped = ⛔ {$capability} — нельзя с {$date}
status-open = ✅ {$capability} — по-прежнему можно
status-open-until = ⏳ {$capability} — пока можно, прекратится {$date}

capability-register = Новые аккаунты
capability-top_up = Пополнение баланса
capability-link_card = Привязка карт
capability-pay = Оплата с баланса
capability-withdraw = Вывод на свою карту
capability-history = История платежей
capability-unlink_card = Отвязка карт
capability-reset_password = Сброс пароля

status-sign-in-for-more = Войдите, чтобы увидеть свой аккаунт: остаток, карты и то, что осталось сделать.
button-own-account = Мой аккаунт

status-own-account = <b>Ваш аккаунт</b> {$email}
status-account-open = Состояние: открыт
status-account-locked = Состояние: 🔒 заблокирован сервисом, пока ничего нельзя изменить
status-account-closed = Состояние: закрыт
status-balance = Остаток: <b>{$amounts}</b>
status-no-balance = Остаток: пусто
status-cards = { $count ->
        [0] Привязанных карт нет
        [one] {$count} привязанная карта
        [few] {$count} привязанные карты
        [many] {$count} привязанных карт
       *[other] {$count} привязанной карты
    }
status-last-payment = Последний платёж: {$amount}, {$merchant}, {$date}
status-no-payment = Платежей не было

status-left-to-do = <b>Что осталось сделать</b>
todo-unlock = • Разблокировать аккаунт: кому писать, сказано в /help
todo-balance = • Потратить остаток на покупки или вывести его на свою карту
todo-cards = { $count ->
        [one] • Отвязать ненужные карты: привязана {$count} карта
        [few] • Отвязать ненужные карты: привязаны {$count} карты
        [many] • Отвязать ненужные карты: привязано {$count} карт
       *[other] • Отвязать ненужные карты: привязано {$count} карты
    }
todo-nothing = • Ничего: всё улажено
