# Le mot de passe oublié : l’adresse, la vérification, le lien. La page qu’il ouvre est dans pages.ftl.

reset-title = <b>Mot de passe oublié ?</b>
reset-ask-email = Écrivez-moi l’adresse e-mail de votre compte {$service}. Après une petite vérification, j’y enverrai un lien pour choisir un nouveau mot de passe.

# Sous l’image : 1024 caractères.
captcha-picture = Quels chiffres voyez-vous ? Tapez-les ici.
captcha-question = Combien font {$a} plus {$b} ? Répondez en chiffres, s’il vous plaît.
number-word = { $number ->
        [2] deux
        [3] trois
        [4] quatre
        [5] cinq
        [6] six
        [7] sept
        [8] huit
        [9] neuf
       *[other] {$number}
    }
captcha-wrong = Ce n’est pas la bonne réponse. { $left ->
        [one] Il vous reste {$left} essai.
       *[other] Il vous reste {$left} essais.
    }
captcha-failed = Aucune de ces réponses n’était la bonne. Reprenons du début : votre adresse e-mail, s’il vous plaît.
button-other-picture = Autre image
button-other-question = Autre question
button-question = Plutôt un calcul
button-picture = Plutôt une image

reset-offer = C’est juste. J’envoie le lien à <b>{$email}</b> ?
reset-offer-what = Il ouvre une page où vous choisirez votre nouveau mot de passe. Il est valable {$minutes} minutes et ne sert qu’une fois.

    🔒 N’écrivez jamais de mot de passe dans cette conversation.
button-send-link = Envoyer le lien

reset-sent = S’il y a un compte à l’adresse <b>{$email}</b>, un lien est en route. Il est valable {$minutes} minutes, ne sert qu’une fois et remplace les précédents.
reset-sent-hint = Rien n’arrive ? Vérifiez l’orthographe de l’adresse et le dossier des indésirables. Une même adresse reçoit au plus {$times} liens par heure.
button-send-link-again = Renvoyer un lien

# Affichés au-dessus de la conversation.
link-just-sent = Un lien a été demandé il y a moins d’une minute. Patientez un instant, puis réessayez.
link-sent-again = S’il y a un compte à cette adresse, un nouveau lien est en route. Le précédent ne marche plus.
link-no-more = C’était le dernier envoi pour l’instant. Vous pourrez réessayer dans une heure.

reset-stopped = <b>Le mot de passe ne peut pas être changé ici</b>
    Le service ne remplace plus les mots de passe. Écrivez à {$contact}.

# Dans les conversations dont la session était ouverte.
password-changed-here = 🔒 <b>Le mot de passe de votre compte a été changé le {$moment}.</b>
    Par sécurité, votre session est fermée. Ce n’était pas vous ? Écrivez sans attendre à {$contact}.
