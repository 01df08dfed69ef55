# Платежи: страница и один платёж подробно. В строке $day — это день со временем.

history-title = <b>Ваши платежи</b>
history-hint = Нажмите на номер, чтобы увидеть подробности.
history-empty = <b>Платежей нет</b>
    В этом аккаунте нет ни одного платежа.
history-line = {$number}. {$day} · {$merchant} · <b>{$amount}</b>
history-line-refunded = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · возвращён
history-line-pending = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · в обработке
history-line-failed = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · не прошёл

button-number = {$number}
button-newest = ⇤ В начало
button-newer = ← Новее
button-older = Старее →

payment-title = <b>Платёж на {$amount}</b>
payment-merchant = Кому: {$merchant}
payment-moment = Когда: {$moment}
payment-status = Состояние: {$status}
payment-paid = проведён
payment-refunded = возвращён
payment-pending = в обработке
payment-failed = не прошёл, деньги не списаны
payment-card = Способ оплаты: карта •••• {$last4}
payment-balance = Способ оплаты: баланс аккаунта
payment-reference = Номер платежа: <code>{$reference}</code>
