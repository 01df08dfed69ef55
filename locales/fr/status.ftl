# Ce qui a fermé et quand, et le compte du client. Les noms des possibilités figurent dans cette liste.

status-title = <b>{$service} sur {$place}</b>
    Fermé à la clientèle depuis le {$date}
status-stopped = ⛔ {$capability} : plus possible depuis le {$date}
status-open = ✅ {$capability} : toujours possible
status-open-until = ⏳ {$capability} : encore possible jusqu’au {$date} inclus

capability-register = Ouvrir un compte
capability-top_up = Recharger le solde
capability-link_card = Lier une carte
capability-pay = Payer avec le solde
capability-withdraw = Retirer le solde sur votre propre carte
capability-history = Voir vos paiements
capability-unlink_card = Détacher une carte
capability-reset_password = Choisir un nouveau mot de passe

status-sign-in-for-more = Connectez-vous pour voir votre propre compte : son solde, ses cartes et ce qui reste à faire.
button-own-account = Voir mon compte

status-own-account = <b>Votre compte</b> {$email}
status-account-open = État : ouvert
status-account-locked = État : 🔒 bloqué par le service, rien ne peut être modifié pour l’instant
status-account-closed = État : fermé
status-balance = Solde : <b>{$amounts}</b>
status-no-balance = Solde : vide
status-cards = { $count ->
        [0] Aucune carte liée
        [one] {$count} carte liée
       *[other] {$count} cartes liées
    }
status-last-payment = Dernier paiement : {$amount}, {$merchant}, le {$date}
status-last-payment-refunded = Dernier paiement : {$amount}, {$merchant}, le {$date} (remboursé)
status-last-payment-pending = Dernier paiement : {$amount}, {$merchant}, le {$date} (en attente)
status-last-payment-failed = Dernier paiement : {$amount}, {$merchant}, le {$date} (échoué)
status-no-payment = Aucun paiement à ce jour

status-left-to-do = <b>Ce qui reste à faire</b>
todo-unlock = • Faire débloquer le compte : écrivez à {$contact}
todo-closed = • Le compte est fermé : pour ce qui y reste, écrivez à {$contact}
todo-balance = • Dépenser votre solde en achats, ou le retirer sur votre propre carte
todo-cards = { $count ->
        [one] • Détacher votre carte liée si vous n’en avez plus besoin
       *[other] • Détacher les cartes liées dont vous n’avez plus besoin ({$count} en tout)
    }
todo-nothing = • Rien : tout est réglé
