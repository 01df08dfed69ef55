# Что закрыто и когда, и аккаунт клиента. Дата по-русски кончается на «г.»: точки после неё не ставим.
# Возможности называем в единственном числе: «Привязка карт — не работает…».

status-title = <b>Сервис {$service} на площадке {$place}</b>
    Закрыт для клиентов с {$date}
status-stopped = ⛔ {$capability} — не работает с {$date}
status-open = ✅ {$capability} — по-прежнему работает
status-open-until = ⏳ {$capability} — работает по {$date} включительно

capability-register = Открытие аккаунтов
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
status-no-balance = Остатка нет
status-cards = { $count ->
        [0] Привязанных карт нет
        [one] {$count} привязанная карта
        [few] {$count} привязанные карты
        [many] {$count} привязанных карт
       *[other] {$count} привязанной карты
    }
status-last-payment = Последний платёж: {$amount}, {$merchant}, {$date}
status-last-payment-refunded = Последний платёж: {$amount}, {$merchant}, {$date} (возвращён)
status-last-payment-pending = Последний платёж: {$amount}, {$merchant}, {$date} (в обработке)
status-last-payment-failed = Последний платёж: {$amount}, {$merchant}, {$date} (не прошёл)
status-no-payment = Платежей не было

status-left-to-do = <b>Что осталось сделать</b>
todo-unlock = • Разблокировать аккаунт — для этого напишите сюда: {$contact}
todo-closed = • Аккаунт закрыт. Если на нём что-то осталось, напишите сюда: {$contact}
todo-balance = • Потратить остаток на покупки или вывести его на свою карту
todo-cards = { $count ->
        [1] • Отвязать карту, если она вам больше не нужна
        [one] • Отвязать ненужные карты: привязана {$count} карта
        [few] • Отвязать ненужные карты: привязаны {$count} карты
        [many] • Отвязать ненужные карты: привязано {$count} карт
       *[other] • Отвязать ненужные карты: привязано {$count} карты
    }
todo-nothing = • Ничего: всё улажено
