# Les e-mails, écrits en texte simple et en HTML à partir des mêmes textes ; pas de HTML ici, une ligne vide ouvre un paragraphe.

mail-code-subject = Votre code de connexion au guichet {$service}
mail-code-intro = Bonjour,

    Quelqu’un, sans doute vous, a demandé à se connecter à votre compte {$service} depuis notre guichet sur Telegram.

mail-proof-subject = Votre code pour confirmer une étape au guichet {$service}
mail-proof-intro = Bonjour,

    Quelqu’un, sans doute vous, a ouvert une session sur votre compte {$service} à notre guichet sur Telegram et s’apprête à faire une opération qui demande confirmation : détacher une carte, par exemple, ou se faire envoyer les données du compte.
mail-proof-not-you = Ce n’était pas vous ? Alors quelqu’un d’autre a une session ouverte sur votre compte. Ne donnez le code à personne ; connectez-vous au guichet, écrivez /sessions et fermez les sessions qui ne sont pas les vôtres.

mail-code = Votre code :
mail-code-until = { $minutes ->
        [one] Il est valable une minute
       *[other] Il est valable {$minutes} minutes
    }, une seule fois, et uniquement dans la conversation où il a été demandé.
mail-asked-by = Demandé depuis ce compte Telegram : {$person}
mail-code-not-you = Ce n’était pas vous ? Ignorez simplement cet e-mail : sans le code, personne ne peut se connecter. Ne le donnez à personne, pas même à quelqu’un qui dit travailler pour le service.

mail-signed-in-subject = Nouvelle connexion à votre compte {$service}
mail-signed-in = Bonjour,

    Une conversation en { $language ->
        [fr] français
        [ru] russe
       *[en] anglais
    } s’est connectée à votre compte {$service}, à notre guichet sur Telegram, le {$moment}.
mail-signed-in-by = Depuis ce compte Telegram : {$person}
mail-signed-in-not-you = C’était vous ? Alors il n’y a rien à faire. Ce n’était pas vous ? Connectez-vous au guichet, écrivez /sessions et fermez cette session, puis choisissez un nouveau mot de passe avec /reset. Si vous n’arrivez pas à vous connecter, écrivez-nous sans attendre : {$contact}

mail-sign-in-locked-subject = Connexion à votre compte {$service}
mail-sign-in-locked = Bonjour,

    Quelqu’un, sans doute vous, a demandé à se connecter à votre compte {$service} depuis notre guichet sur Telegram. L’équipe du guichet a bloqué ce compte : personne ne peut s’y connecter pour l’instant.

mail-card-removed-subject = Votre carte {$brand} •••• {$last4} a été détachée
mail-card-recorded-subject = Votre demande de détacher la carte {$brand} •••• {$last4}
mail-card-removed = Bonjour,

    Votre carte {$brand} •••• {$last4} a été détachée de votre compte {$service} le {$moment}.
mail-card-recorded = Bonjour,

    Votre demande de détacher la carte {$brand} •••• {$last4} de votre compte {$service} a été enregistrée le {$moment}. Elle est transmise au service, qui détachera la carte.
mail-receipt = Conservez cette référence : {$reference}
mail-not-you = Ce n’était pas vous ? Écrivez-nous sans attendre : {$contact}

mail-link-by-hand = Si le bouton ne marche pas, copiez cette adresse dans votre navigateur :

mail-reset-subject = Choisir un nouveau mot de passe {$service}
mail-reset-intro = Bonjour,

    Quelqu’un, sans doute vous, a demandé à notre guichet sur Telegram un nouveau mot de passe pour votre compte {$service}.
mail-reset-link = Choisir un nouveau mot de passe
mail-reset-until = { $minutes ->
        [one] Le lien est valable une minute et ne sert qu’une fois.
       *[other] Le lien est valable {$minutes} minutes et ne sert qu’une fois.
    }
mail-reset-not-you = Ce n’était pas vous ? Ignorez simplement cet e-mail : tant qu’aucun mot de passe n’est enregistré sur la page, rien ne change.
mail-reset-locked = Bonjour,

    Quelqu’un, sans doute vous, a demandé à notre guichet sur Telegram un nouveau mot de passe pour votre compte {$service}. Le service a bloqué ce compte : son mot de passe ne peut pas être changé pour l’instant.
mail-reset-closed = Bonjour,

    Quelqu’un, sans doute vous, a demandé à notre guichet sur Telegram un nouveau mot de passe pour votre compte {$service}. Ce compte est fermé : son mot de passe ne peut plus être changé.
mail-reset-write = Pour toute question, écrivez à {$contact}.

mail-password-subject = Votre mot de passe {$service} a été changé
mail-password-changed = Bonjour,

    Le mot de passe de votre compte {$service} a été changé le {$moment}. Toutes les sessions ouvertes sur Telegram ont été fermées.
mail-password-recorded = Bonjour,

    Le nouveau mot de passe de votre compte {$service} a été enregistré le {$moment}. Il est transmis au service, qui l’appliquera. Toutes les sessions ouvertes sur Telegram ont été fermées.

# À l’exploitant.
mail-ended-subject = Guichet {$service} : ce qui était gardé des titulaires est effacé
mail-ended-intro = Bonjour,

    La date finale fixée pour votre guichet {$service} est passée. Ce qui était gardé des titulaires a été effacé. Début : {$began}. Fin : {$moment}. Lignes effacées, par table :
mail-ended-row = {$table} : {$rows}
mail-ended-audit = Le journal d’audit reste jusqu’à son propre terme, sans lien avec une personne. Ceux qui écrivent au guichet apprennent qu’il a fermé. Les sauvegardes et les exports ne sont pas touchés : pensez-y.
mail-ended-seal = Clé : {$fingerprint}
    Sceau de ce rapport : {$seal}

mail-operator = Ce guichet est tenu par {$operator} ({$contact}). Ce n’est pas le service {$service} lui-même.
mail-operator-is-service = Ce guichet est tenu par le service {$service} lui-même : {$operator} ({$contact}).
