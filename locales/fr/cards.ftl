# Les cartes liées : les voir, en détacher une, et pourquoi aucune ne peut être liée.

cards-title = <b>Vos cartes liées</b>
cards-line = • {$brand} •••• {$last4}, expire en {$expires}, liée le {$linked}
cards-more = {$shown} cartes affichées sur {$count}. Dès que vous en détachez une, la suivante apparaît.
cards-hint = Touchez une carte pour la détacher de votre compte.
cards-none = <b>Aucune carte liée</b>
    Il n’y a rien à détacher de votre compte.
button-card = {$brand} •••• {$last4}
button-link-card = Lier une carte
button-other-cards = Mes cartes

card-confirm = <b>Détacher la carte {$brand} •••• {$last4} ?</b>
card-confirm-what = Vous ne pourrez plus la lier ici. La carte elle-même reste valable : vous pourrez toujours vous en servir pour payer directement sur {$place}.
button-confirm-removal = Oui, la détacher
button-keep = Non, la garder

# Affichés au-dessus de la conversation.
card-kept = Très bien, la carte reste liée.
confirmation-expired = Le délai pour répondre est passé et rien n’a changé. Choisissez de nouveau la carte, s’il vous plaît.

card-removed = ✅ <b>La carte {$brand} •••• {$last4} est détachée de votre compte.</b>
    Un e-mail vous le confirme.
card-removal-recorded = 📝 <b>Votre demande de détacher la carte {$brand} •••• {$last4} est enregistrée.</b>
    Elle est transmise au service, qui détachera la carte. Un e-mail confirme votre demande.
receipt = Conservez cette référence : <code>{$reference}</code>
card-gone = La carte {$brand} •••• {$last4} était déjà détachée. Il ne reste rien à faire.
card-refused-locked = 🔒 <b>La carte ne peut pas être détachée pour l’instant.</b>
    Le service a bloqué votre compte et rien ne peut y être modifié. La carte reste liée. Écrivez à {$contact}.
card-refused-closed = <b>La carte ne peut pas être détachée ici.</b>
    Votre compte est fermé et ne peut plus être modifié. Pour toute question sur la carte, écrivez à {$contact}.
card-refused-stopped = <b>La carte ne peut pas être détachée ici.</b>
    Le service ne détache plus de cartes. La carte reste liée. Écrivez à {$contact}.

link-card-stopped = <b>On ne peut plus lier de carte</b>
    {$service} ne lie plus de cartes depuis le {$date}.
link-card-elsewhere = <b>On ne peut pas lier de carte ici</b>
    Ce guichet {$service} peut montrer vos cartes et les détacher, mais pas en ajouter.
link-card-instead = Ce n’est pas nécessaire : au moment de la commande sur {$place}, payez simplement avec la carte ou le portefeuille électronique de votre choix.
