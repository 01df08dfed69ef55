# Les conversations connectées au compte : /sessions.

button-sessions = Mes sessions
sessions-title = <b>Sessions ouvertes sur votre compte</b>
sessions-here = • <b>Cette conversation</b>, depuis le {$since}
sessions-elsewhere = {$number}. Une autre conversation, en { $language ->
        [fr] français
        [ru] russe
       *[en] anglais
    } : depuis le {$since}, dernière activité le {$seen}
sessions-more = Voici les {$shown} premières des {$count} autres sessions ; « Fermer toutes les autres » les ferme toutes.
sessions-alone = Aucune autre session n’est ouverte.
sessions-hint = L’une d’elles n’est pas à vous ? Fermez cette session, puis choisissez un nouveau mot de passe avec /reset.
button-end-session = Fermer le nº {$number}
button-end-others = Fermer toutes les autres
sessions-ended = { $count ->
        [0] Il n’y avait plus d’autre session à fermer.
        [one] ✅ C’est fait : cette session est fermée et sa conversation en est avertie.
       *[other] ✅ C’est fait : {$count} sessions sont fermées et leurs conversations en sont averties.
    }
sessions-confirm = { $count ->
        [one] <b>Fermer l’autre session ?</b>
       *[other] <b>Fermer les {$count} autres sessions ?</b>
    }
sessions-confirm-what = Seule cette conversation restera connectée. Pour se reconnecter ailleurs, il faudra un nouveau code envoyé à votre adresse, ou votre mot de passe. Quelqu’un d’autre pourrait le connaître ? Choisissez-en un nouveau avec /reset.
button-end-others-confirm = Oui, les fermer
button-end-others-keep = Non, les laisser
# Affichés au-dessus de la conversation.
sessions-kept = Très bien, rien n’a été fermé.
sessions-expired = Le délai pour répondre est passé et rien n’a été fermé. Touchez « Fermer toutes les autres » pour recommencer.

# Ce qu’a fait une autre conversation du compte, ou l’exploitant : affiché dans un message à part.
new-sign-in = ⚠️ Une autre conversation, en { $language ->
        [fr] français
        [ru] russe
       *[en] anglais
    }, vient de se connecter à votre compte. Ce n’était pas vous ? Fermez sa session avec /sessions, puis choisissez un nouveau mot de passe avec /reset.
session-ended-elsewhere = <b>Votre session a été fermée</b>
    Une autre conversation connectée à votre compte l’a fermée. Ce n’était pas vous ? Reconnectez-vous, consultez /sessions et choisissez un nouveau mot de passe avec /reset.
session-ended-locked = <b>Votre session a été fermée</b>
    Ce compte a été bloqué par l’équipe de ce guichet. Pour savoir pourquoi, écrivez à {$contact}.
session-ended-password = <b>Votre mot de passe a changé</b>
    Il n’a pas été changé ici ; par sécurité, cette session a donc été fermée. Reconnectez-vous pour continuer. Ce n’était pas vous ? Écrivez à {$contact}.
session-ended-by-operator = <b>Votre session a été fermée</b>
    C’est l’équipe de ce guichet qui l’a fermée. Vous pouvez vous reconnecter quand vous voulez ; pour toute question, écrivez à {$contact}.
session-ended-erased = <b>Votre session a été fermée</b>
    Votre compte a été effacé de ce guichet. Pour toute question, écrivez à {$contact}.
