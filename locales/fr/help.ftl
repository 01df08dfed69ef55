# L’aide : ce que peut le guichet, et qui le tient.

help-title = <b>Ce que je peux faire pour vous avec {$service} sur {$place}</b>
help-status = • /status : ce qui a fermé et quand, et où en est votre compte
help-history = • /history : vos paiements, du plus récent au plus ancien
help-cards = • /cards : vos cartes liées, et comment les détacher
help-sign-in = • /signin : vous connecter avec un code reçu par e-mail
help-leave = • /cancel pour quitter une étape, /signout pour vous déconnecter
help-secrets = 🔒 Je ne demande jamais de mot de passe ni de numéro de carte. Le code reçu par e-mail ne se tape que dans cette conversation : ne le donnez à personne.
help-operator = Ce guichet est tenu par {$operator}, et non par {$service}. Une question ? {$contact}
help-operator-is-service = Ce guichet est tenu par le service {$service} lui-même : {$operator}. Une question ? {$contact}
