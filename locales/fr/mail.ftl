# Les e-mails, écrits en texte simple et en HTML à partir des mêmes textes ; pas de HTML ici, une ligne vide ouvre un paragraphe.

mail-code-subject = Votre code de connexion au guichet {$service}
mail-code-intro = Bonjour,

    Quelqu’un, sans doute vous, a demandé à se connecter à votre compte {$service} à notre guichet sur Telegram.
mail-code = Votre code :
mail-code-until = { $minutes ->
        [one] Il est valable une minute
       *[other] Il est valable {$minutes} minutes
    }, une seule fois, et uniquement dans la conversation où il a été demandé.
mail-asked-by = Demandé depuis ce compte Telegram : {$person}
mail-code-not-you = Ce n’était pas vous ? Ignorez simplement cet e-mail : sans le code, personne n’entre. Ne le donnez à personne, pas même à quelqu’un qui dit travailler pour le service.

mail-card-subject = Détachement de votre carte {$brand} •••• {$last4}
mail-card-removed = Bonjour,

    Votre carte {$brand} •••• {$last4} a été détachée de votre compte {$service} le {$moment}.
mail-card-recorded = Bonjour,

    Votre demande de détacher la carte {$brand} •••• {$last4} de votre compte {$service} a été enregistrée le {$moment}. Elle est transmise au service, qui détachera la carte.
mail-receipt = Conservez cette référence : {$reference}
mail-card-not-you = Ce n’était pas vous ? Écrivez-nous sans attendre : {$contact}

mail-link-by-hand = Si le bouton ne fait rien, copiez cette adresse dans votre navigateur :

mail-operator = Ce guichet est tenu par {$operator} ({$contact}). Ce n’est pas le service {$service} lui-même.
mail-operator-is-service = Ce guichet est tenu par le service {$service} lui-même : {$operator} ({$contact}).
