# Les pages web. Texte simple : pas de HTML.

page-new-password = Choisir un nouveau mot de passe
page-new-password-intro = Cette page ne sert qu’une fois, pour le compte {$service} ci-dessous.
page-account = Compte
page-password = Nouveau mot de passe
page-password-rule = {$least} caractères ou plus. Le plus simple : quelques mots sans rapport entre eux, dans la langue que vous voulez.
page-suggestion = Une suggestion, tirée au hasard :
page-password-again = Le même, encore une fois
page-button-set = Enregistrer le mot de passe
page-not-you = Vous n’avez pas demandé ce lien ? Fermez la page et rien ne changera. En cas de doute : {$contact}

page-password-mismatch = Les deux mots de passe ne sont pas identiques. Rien n’a changé : recommencez, s’il vous plaît.
page-password-short = C’est trop court : il faut au moins {$least} caractères.
page-password-long = C’est trop long : {$most} caractères au plus.
page-password-common = Beaucoup de gens choisissent ce mot de passe, et les fraudeurs l’essaient en premier. Prenez-en un autre, s’il vous plaît.
page-password-guessable = Ce mot de passe se devine vite : il se répète, suit les touches du clavier ou reprend votre nom. Quelques mots sans rapport entre eux feront mieux l’affaire.

page-set = Votre mot de passe a été changé
page-set-what = Le nouveau mot de passe est enregistré. Un e-mail vous le confirme.
page-recorded = Votre nouveau mot de passe est enregistré
page-recorded-what = Le nouveau mot de passe est enregistré ici et transmis au service, qui l’appliquera. Un e-mail vous le confirme.
page-set-sessions = Par sécurité, toutes les sessions ouvertes ont été fermées. Vous pouvez fermer cette page.
page-receipt = Conservez cette référence :
page-to-chat = Retour à la conversation

page-button-again = M’envoyer un nouveau lien
page-sent = Un nouveau lien est en route
page-sent-what = Regardez votre boîte de réception : il y sera dans un instant et remplace les précédents.
page-too-many = Pas tout de suite
page-too-many-what = Un lien vient d’être envoyé à cette adresse. Regardez votre boîte de réception et les indésirables, ou réessayez plus tard : nous en envoyons quelques-uns par heure, pas davantage.
page-used = Ce lien a déjà servi
page-used-what = Il a permis d’enregistrer un mot de passe. Il vous en faut un autre ? Nous pouvons envoyer un nouveau lien à la même adresse.
page-expired = Ce lien n’est plus valable
page-expired-what = Pour protéger votre compte, un lien n’est valable que peu de temps. Nous pouvons en envoyer un nouveau à la même adresse.
page-void = Un lien plus récent vous attend
page-void-what = Un autre lien vous a été envoyé depuis. Ouvrez celui du dernier e-mail.
page-refused = Le mot de passe ne peut pas être changé
page-refused-locked = Le service a bloqué ce compte et rien ne peut y être modifié pour l’instant. Écrivez à {$contact}.
page-refused-closed = Ce compte est fermé et ne peut plus être modifié. Pour toute question, écrivez à {$contact}.
page-unknown = Ce lien n’existe pas
page-unknown-what = Il est peut-être incomplet ou trop ancien. Copiez-le en entier depuis l’e-mail, ou demandez-en un nouveau avec /reset dans la conversation.
page-trouble = Un instant, s’il vous plaît
page-trouble-what = Le guichet est très occupé et rien n’a changé. Réessayez dans une minute.
page-closed = Ce guichet a fermé
page-closed-what = Le {$date} était son dernier jour. Plus rien ne peut être modifié ici, et tout ce qui était gardé sur vous est effacé.

page-sign-in = Connexion par mot de passe
page-sign-in-intro = Saisissez l’adresse e-mail et le mot de passe de votre compte {$service}. Un code s’affichera, à taper dans la conversation Telegram.
page-email = Adresse e-mail
page-current-password = Mot de passe
page-button-sign-in = Afficher le code
page-sign-in-not-you = Ce compte Telegram n’est pas le vôtre ? Alors quelqu’un vous a envoyé sa propre page : n’y saisissez rien et quittez-la. En cas de doute : {$contact}
page-sign-in-wrong = Cela n’a pas marché. Soit l’adresse et le mot de passe ne correspondent pas, soit ce compte ne permet pas de se connecter ainsi. Vérifiez votre saisie, ou demandez un code par e-mail dans la conversation.
page-sign-in-no-address = Cela ne ressemble pas à une adresse e-mail. Elle devrait s’écrire comme nom@example.org.
page-sign-in-cookie = Votre navigateur n’a pas renvoyé le cookie qui protège ce formulaire : rien n’a été vérifié. Saisissez le mot de passe encore une fois ; si ce message revient, autorisez les cookies pour cette page.
page-sign-in-gone = Cette page n’est plus valable
page-sign-in-gone-what = Elle est valable {$minutes} minutes et n’accepte qu’une fois le bon mot de passe ; une page plus récente la remplace. Demandez-en une autre avec /signin dans la conversation.

page-code = Votre code
page-code-what = Le mot de passe est bon. Tapez ce code dans la conversation :
page-code-rule = Il est valable {$minutes} minutes et ne sert qu’une fois, uniquement dans la conversation du compte Telegram indiqué ici. Ne le donnez à personne : le service ne vous le demandera jamais.

page-limited = Patientez un peu
page-limited-what = Il y a eu beaucoup d’essais ou de demandes, peut-être de la part de quelqu’un d’autre. Dans ce cas, le guichet ralentit pour protéger les comptes. Vous pourrez réessayer dans { $minutes ->
        [one] une minute
       *[other] {$minutes} minutes
    }.

page-sign-in-intro-app = Saisissez l’adresse e-mail et le mot de passe de votre compte {$service}. La conversation sera alors connectée, sans code.
page-button-sign-in-app = Se connecter
page-sign-in-app-stale = Les informations transmises par Telegram ne sont plus valables : rien n’a été vérifié. Saisissez le mot de passe encore une fois : un code s’affichera, à taper dans la conversation. Ou rouvrez la page depuis la conversation.
page-signed-in = Votre session est ouverte
page-signed-in-what = Fermez cette page : la conversation reprend là où vous en étiez.
