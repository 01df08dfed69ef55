# What closed and when, and the holder's own account. A capability is named in the list of the closure status.

status-title = <b>{$service} on {$place}</b>
    Closed to customers since {$date}
status-stopped = ⛔ {$capability}: stopped on {$date}
status-open = ✅ {$capability}: still available
status-open-until = ⏳ {$capability}: available up to and including {$date}

capability-register = New accounts
capability-top_up = Topping up
capability-link_card = Linking cards
capability-pay = Paying from the balance
capability-withdraw = Withdrawing to your own card
capability-history = Payment history
capability-unlink_card = Taking cards off
capability-reset_password = Resetting the password

status-sign-in-for-more = Sign in to see your own account: its balance, its cards, and what is left to do.
button-own-account = See my account

status-own-account = <b>Your account</b> {$email}
status-account-open = State: open
status-account-locked = State: 🔒 locked by the service, nothing can be changed for now
status-account-closed = State: closed
status-balance = Balance: <b>{$amounts}</b>
status-no-balance = Balance: empty
status-cards = { $count ->
        [0] No linked card
        [one] {$count} linked card
       *[other] {$count} linked cards
    }
status-last-payment = Last payment: {$amount}, {$merchant}, {$date}
status-last-payment-refunded = Last payment: {$amount}, {$merchant}, {$date} (refunded)
status-last-payment-pending = Last payment: {$amount}, {$merchant}, {$date} (pending)
status-last-payment-failed = Last payment: {$amount}, {$merchant}, {$date} (failed)
status-no-payment = No payment so far

status-left-to-do = <b>What is left to do</b>
todo-unlock = • Have the account unlocked: write to {$contact}
todo-closed = • The account is closed: for what is left on it, write to {$contact}
todo-balance = • Spend your balance on purchases, or withdraw it to your own card
todo-cards = { $count ->
        [one] • Take off your linked card if you no longer need it
       *[other] • Take off the linked cards you no longer need ({$count} in all)
    }
todo-nothing = • Nothing: everything is settled
