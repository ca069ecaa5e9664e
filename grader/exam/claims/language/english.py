"""The English of reports: words that turn what a sentence says. All in lower case."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _pairs(words: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(pair.split("_")) for pair in words.split())


#: Begin a clause of their own, if a verb follows.
SUBJECTS = _set(
    """
    everybody everyone he i it nobody one our she someone that the there these they this those we you
    """
)
#: Begin a clause of their own.
PRONOUNS = _set("everybody everyone he i it nobody she they we you")
#: Begin another thought.
CONTRASTS = _set(
    """
    although but hence however nevertheless nonetheless still therefore though thus whereas while
    """
)
#: Begin a clause that says why or when.
REASONS = _set("after because before once since so unless until when whenever where")
#: Deny, as every word in "n't" does.
NEGATIONS = _set(
    """
    arent barely cannot cant couldnt didnt doesnt dont hadnt hardly hasnt havent isnt neither never no
    none nor not nothing shouldnt wasnt werent without wont wouldnt
    """
)
#: "not only X" says that X is so.
NOT_ONLY = _set("just limited merely only simply solely")
#: A negation of these does not deny the whole: "not fully", "not always".
SOFTENERS = _set(
    """
    all always completely correctly directly entirely especially every everyone everything exclusively
    explicitly extensively fully greatly heavily mainly much necessarily often particularly perfectly
    primarily properly really significantly solely strictly very yet
    """
)
#: May stand between a negation and what it denies, without a meaning of their own.
FILLERS = _set(
    """
    a able actually additional also an any are around be been being chance choose chose decide decided
    dedicated did do does either end ended enough even ever explicit explicitly external extra find
    formal found further get getting go going got had has have in into is it its manage managed need
    needed new open opportunity other our ourselves own party practice proper really resources sadly
    separate some source specific succeed succeeded such that the their third this through time to
    unfortunately up was were
    """
)
#: Denying one of these denies what is used.
USES = _set(
    """
    add added adding adopt adopted adopting applied apply applying available build built carried carry
    complete completed completing conduct conducted conducting configure configured configuring cover
    covered create created creating deploy deployed deploying develop developed do doing done employ
    employed employing enable enabled execute executed finalize finalized finish finished get getting
    got had has have implement implemented implementing include included including incorporate
    incorporated install installed integrate integrated introduce introduced leverage leveraged made
    make making merge merged merging part perform performed performing place present provide provided
    ran relied rely relying run running set setup support supported test tested there tried try use used
    train trained training profile profiled monitor monitored track tracked host hosted log logged
    useful using utilise utilised utilising utilize utilized utilizing work worked working write writing
    written wrote
    """
)
#: "X is missing."
GONE = _set("absent lacking missing omited omitted skipped unavailable untested unused")
#: "We skipped X."
SKIPS = _set(
    """
    lack lacked lacking lacks missing omit omitted omitting skip skipped skipping
    """
)
#: What is not so, but might be.
MODALS = _set("could may might ought should shouldn't wish wished would wouldn't")
#: What stands behind these is a plan, an alternative or past.
PLANS = _set(
    """
    abandoned aimed assume assuming attempt attempted attempting avoid avoided avoiding avoids compared
    consider considered considering discussed dropped earlier expected failed formerly future hope hoped
    hoping hypothetically ideally if imagine imagined initially intend intended intending maybe
    originally perhaps plan planned planning plans possibly potentially previously recommend recommended
    removed replaced struggled suggested suppose supposed thought tried try unable unless unlike versus
    vs want wanted wanting whether wished
    """
)
#: So is what stands before these.
PLANS_BEHIND = _set(
    """
    abandoned attempted considered could discarded discussed dropped intended may might planned
    recommended removed replaced should supposed would
    """
)
#: As PLANS, in two words.
PAIRS = _pairs(
    """
    alternative_to alternatively_, alternatives_to another_group at_first away_from better_than
    except_for going_to had_we in_case instead_of later_on like_to looked_into looking_into
    migrated_from more_time moved_from moving_from need_to needs_to next_step next_steps next_time
    no_longer opposed_to other_groups other_than over_using rather_than similar_to such_a switched_from
    switching_from went_from worse_than
    """
)
#: "no problems with X" says that X is so.
HARMLESS = _set(
    """
    difficulties difficulty doubt issue issues matter problem problems trouble troubles wonder
    """
)
#: What a negation denies ends before these.
STOPS = _set(
    """
    apart as at because besides beyond but by due during except for from if in inside into like on only
    since than that through to until via when which with within
    """
)
#: A sentence that begins so is about what is not.
OPENERS = _set(
    """
    assuming given had hypothetically ideally if imagine should suppose unless without
    """
)
#: Objects that stand for what was named before: "As for X, we did not do any".
ANAPHORS = _set("any anything either it none one so such that them these this those")
#: "and used": a clause of its own without a subject.
PAST = _set(
    """
    built chose did do found got had has have kept made put ran rely set took use was went were wrote
    """
)
#: A verb that makes what stands before it a subject.
VERBS_TO_BE = _set(
    """
    are can could did do does had has have is ran runs used uses was were will would
    """
)
#: Said of what is to come, wherever in the sentence.
LATER = _pairs("further_work later_stage more_time next_step next_steps next_time")
#: An attempt, which the next clause may call off.
ATTEMPTS = _set(
    """
    attempted attempting considered experimented looked planned played started struggled tried try trying
    wanted
    """
)
#: What is denied of an attempt that came to nothing.
SUCCESS = _set(
    """
    able complete done finish finished fully get got make manage managed succeed succeeded successful time
    used work worked working
    """
)
#: Behind these stands what something was, or was not, done with.
MEANS = _set("into on through to using via with")
#: May stand between the two without being what is denied.
MADE_WITH = FILLERS | USES | MEANS | _set("model models code project anything everything data time")
#: Between what is missing and "missing".
BE = _set("are be been is remain remained remains was were")
