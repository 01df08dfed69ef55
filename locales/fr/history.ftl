# Les paiements : une page, et un paiement en détail.

history-title = <b>Vos paiements</b>
history-hint = Touchez un numéro pour voir le détail du paiement.
history-empty = <b>Aucun paiement</b>
    Il n’y a aucun paiement sur ce compte.
history-line = {$number}. {$day} · {$merchant} · <b>{$amount}</b>
history-line-refunded = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · remboursé
history-line-pending = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · en attente
history-line-failed = {$number}. {$day} · {$merchant} · <b>{$amount}</b> · échoué

button-number = {$number}
button-newest = ⇤ Début
button-newer = ← Récents
button-older = Anciens →

payment-title = <b>Paiement de {$amount}</b>
payment-merchant = Vendeur : {$merchant}
payment-moment = Date : {$moment}
payment-status = État : {$status}
payment-paid = réglé
payment-refunded = remboursé
payment-pending = en attente
payment-failed = échoué, rien n’a été débité
payment-card = Moyen : carte •••• {$last4}
payment-balance = Moyen : solde du compte
payment-reference = Référence : <code>{$reference}</code>
