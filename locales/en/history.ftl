# The payments: a page of them, and one in detail.

history-title = <b>Your payments</b>
history-hint = Tap a number to see that payment.
history-empty = <b>No payments</b>
    There is no payment on this account.
history-line = {$number}. {$day} · {$merchant} · <b>{$amount}</b>
history-line-refunded = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · refunded
history-line-pending = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · pending
history-line-failed = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · failed

button-number = {$number}
button-newest = ⇤ Latest
button-newer = ← Newer
button-older = Older →

payment-title = <b>Payment of {$amount}</b>
payment-merchant = To: {$merchant}
payment-moment = Made: {$moment}
payment-status = State: {$status}
payment-paid = paid
payment-refunded = refunded
payment-pending = pending
payment-failed = failed, nothing was charged
payment-card = Means: card •••• {$last4}
payment-balance = Means: account balance
payment-reference = Reference: <code>{$reference}</code>
