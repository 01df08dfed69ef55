# La connexion par code reçu par e-mail, la déconnexion, la fin d’une session.

sign-in-title = <b>Connexion</b>
sign-in-needed = <b>Connectez-vous d’abord</b>
    Vous arriverez ensuite directement à ce que vous avez demandé.
ask-email = Écrivez-moi l’adresse e-mail de votre compte {$service} : j’y enverrai un code de connexion.
not-an-email = Cela ne ressemble pas à une adresse e-mail. Elle devrait s’écrire comme nom@example.org.

ask-code = S’il y a un compte à l’adresse <b>{$email}</b>, un code de 8 chiffres est en route. Il est valable {$minutes} minutes : tapez-le ici.

    Rien n’arrive ? Vérifiez l’orthographe de l’adresse et le dossier des indésirables.
ask-code-here-only = 🔒 Le code ne marche que dans cette conversation. Personne, au service, ne vous le demandera jamais. Ne tapez ici ni mot de passe ni numéro de carte.
prove = <b>Est-ce toujours vous ?</b>
    Votre dernier code date d’un moment, et cette étape est importante. Un nouveau code de 8 chiffres est en route vers {$email}, l’adresse de votre compte. Il est valable {$minutes} minutes : tapez-le ici et nous reprendrons exactement là où nous en étions.
button-resend = Nouveau code
button-other-address = Autre adresse

# Affichés au-dessus de la conversation ou en tête d’écran.
code-just-sent = Un code a été demandé il y a moins d’une minute. Patientez un instant, puis réessayez.
code-no-more = C’était le dernier envoi pour l’instant. Vous pourrez demander un autre code dans { $minutes ->
        [one] une minute
       *[other] {$minutes} minutes
    }.
code-sent-again = S’il y a un compte à cette adresse, un nouveau code est en route. Le précédent ne marche plus.
prove-sent-again = Un nouveau code est en route. Le précédent ne marche plus.
not-a-code = Le code compte 8 chiffres, comme dans l’e-mail. Tapez-le encore une fois, s’il vous plaît.
code-wrong = Ce n’est pas le bon code. { $left ->
        [one] Il vous reste {$left} essai.
       *[other] Il vous reste {$left} essais.
    }
code-void = Ce code ne marche plus : il a expiré, il a déjà servi, les essais sont épuisés ou les sessions du compte ont été fermées depuis. Touchez « Nouveau code » pour en recevoir un autre.
signed-in = C’est bon, votre session est ouverte. Bienvenue !
proven = Merci, c’est confirmé.
already-signed-in = Votre session est déjà ouverte.
signed-out = Votre session est fermée. À bientôt !
not-signed-in = Aucune session n’était ouverte.
session-ended-notice = Rien n’a été fait : reconnectez-vous d’abord, s’il vous plaît.

session-ended = <b>Votre session est terminée</b>
    Pour protéger votre compte, je vous déconnecte au bout d’un moment. Reconnectez-vous et vous reprendrez là où vous en étiez.
button-sign-in-again = Se reconnecter

# Avec le mot de passe, sur une page.
button-with-password = Avec mon mot de passe
button-code-by-mail = Plutôt un code par e-mail

on-page = <b>Connexion par mot de passe</b>
    Ouvrez la page et saisissez-y votre adresse e-mail et votre mot de passe, jamais dans cette conversation. La page est valable {$minutes} minutes.
on-page-code = Elle affiche ensuite un code de 8 chiffres, valable {$minutes} minutes : tapez-le ici.
button-open-page = Ouvrir la page
button-new-page = Nouvelle page
not-a-page-code = Le code compte 8 chiffres : la page l’affiche dès que le mot de passe est bon. Tapez-le encore une fois, s’il vous plaît.
page-code-void = Cette page et son code ne marchent plus : trop anciens, déjà utilisés, essayés trop souvent, ou bien les sessions du compte ont été fermées depuis. Touchez « Nouvelle page » pour en avoir une autre.

# Quand quelque chose a été essayé trop souvent.
limited = <b>Patientez un peu</b>
    Il y a eu beaucoup d’essais ou de demandes, peut-être de la part de quelqu’un d’autre. Dans ce cas, je ralentis pour protéger les comptes. Vous pourrez réessayer dans { $minutes ->
        [one] une minute
       *[other] {$minutes} minutes
    }.
