"""What everybody gets, as data: one row for each query, kind of node, mutation and subscription of the schema.

D data (of a mutation: it would be done, or something about it can be mended), N not found, F forbidden, U sign in
first, E nothing there. What is private to the two is N for everybody else: nobody is told that it exists. Mutations
name a version that no object has, so that asking changes nothing; test_what_is_allowed asks those with a D again
without one. What depends on whose own a thing of the two is (who got feedback, who gave time) is shown by the journeys.
"""

COLUMNS = ("anonymous", "mentee", "mentor", "manager", "admin", "hr", "auditor", "elsewhere")

# Opened by a secret of its own, whoever sends it, or about the sender's own way in: asked with secrets that are wrong.
BY_A_SECRET = frozenset(
    {
        "acceptInvitation",
        "changePassword",
        "refreshToken",
        "registerOrganisation",
        "requestPasswordReset",
        "resetPassword",
        "signIn",
        "signOut",
        "signOutEverywhere",
    }
)

QUERIES = """
me                          U  D  D  D  D  D  D  D
organisation                U  D  D  D  D  D  D  D
users                       U  F  F  D  D  F  F  F
oidcProvider                U  F  F  F  N  F  F  F
apiTokens                   U  F  F  F  D  F  F  F
auditLog                    U  D  D  D  D  D  D  D
auditCheckpoint             U  F  F  F  D  F  D  F
programmeTemplates          U  D  D  D  D  D  D  D
programme                   U  D  D  D  D  D  D  N
programmes                  U  D  D  D  D  D  D  D
cohorts                     U  D  D  D  D  D  D  N
myEnrolments                U  D  E  E  E  E  E  E
enrolments                  U  F  F  D  F  F  F  F
matchRun                    U  N  N  D  N  N  N  N
matchRuns                   U  F  F  D  F  F  F  F
simulation                  U  N  N  D  N  N  N  N
hindsight                   U  N  N  D  N  N  N  N
matchSuggestions            U  D  D  D  D  D  D  N
orgUnits                    U  D  D  D  D  D  D  E
userImport                  U  N  N  N  D  N  N  N
mentorship                  U  D  D  D  N  N  N  N
myMentorships               U  D  D  E  E  E  E  D
mentorships                 U  F  F  D  F  F  F  F
myCapacity                  U  D  D  D  D  D  D  D
searchMentors               U  D  D  D  D  D  D  E
escalations                 U  F  F  D  F  F  F  N
goal                        U  D  D  N  N  N  N  N
exportProgress              U  D  D  N  N  N  N  N
thirdPartyFeedback          N  N  N  N  N  N  N  N
wins                        U  D  D  N  N  N  N  N
awaitingMyReply             U  E  D  E  E  E  E  E
insights                    U  E  E  N  N  N  N  N
checkIn                     U  D  D  D  N  N  N  N
timeDisputes                U  F  F  E  F  F  F  F
myTime                      U  D  E  E  E  E  E  E
pulseTrend                  U  N  N  D  N  N  N  N
pulseSummary                U  F  F  E  F  E  F  F
checkInBrief                U  D  D  N  N  N  N  N
preparationDraft            U  D  D  N  N  N  N  N
myCalendarFeed              U  D  E  E  E  E  E  E
disputes                    U  F  F  E  F  F  F  F
notifications               U  D  D  D  E  E  E  D
clock                       U  D  D  D  D  D  D  D
scoreRecomputation          U  F  F  F  F  F  D  F
mentorDashboard             U  D  D  D  D  D  D  D
"""

NODES = """
Organisation                U  D  D  D  D  D  D  N
User                        U  D  D  D  D  D  D  N
ApiToken                    U  N  N  N  D  N  N  N
OrgUnit                     U  D  D  D  D  D  D  N
UserImport                  U  N  N  N  D  N  N  N
Programme                   U  D  D  D  D  D  D  N
Mentorship                  U  D  D  D  N  N  N  N
MentorProfile               U  D  D  D  D  D  D  N
Cohort                      U  D  D  D  D  D  D  N
Enrolment                   U  D  N  D  N  N  N  N
MatchRun                    U  N  N  D  N  N  N  N
Simulation                  U  N  N  D  N  N  N  N
Hindsight                   U  N  N  D  N  N  N  N
Case                        U  N  N  D  N  N  N  N
ConductReport               U  D  N  D  N  N  N  N
Goal                        U  D  D  N  N  N  N  N
ActionItem                  U  D  D  N  N  N  N  N
Feedback                    U  D  D  N  N  N  N  N
FeedbackCadence             U  D  D  N  N  N  N  N
Commitment                  U  D  D  N  N  N  N  N
HelpRequest                 U  D  D  N  N  N  N  N
ThirdPartyFeedback          U  D  D  N  N  N  N  N
Resource                    U  D  D  N  N  N  N  N
Encouragement               U  D  D  N  N  N  N  N
Win                         U  D  D  N  N  N  N  N
Skill                       U  D  D  N  N  N  N  N
Outcome                     U  D  D  N  N  N  N  N
JournalEntry                U  D  D  N  N  N  N  N
ProgressUpdate              U  D  D  N  N  N  N  N
Cadence                     U  D  D  D  N  N  N  N
CheckIn                     U  D  D  D  N  N  N  N
TimeOff                     U  D  D  D  N  N  N  N
Note                        U  D  D  N  N  N  N  N
TimeEntry                   U  D  D  D  N  N  N  N
Review                      U  D  D  N  N  N  N  N
Pulse                       U  D  D  D  N  N  N  N
Agenda                      U  D  D  N  N  N  N  N
CalendarFeed                U  D  N  N  N  N  N  N
Notification                U  D  N  N  N  N  N  N
"""

MUTATIONS = """
acceptInvitation            D  D  D  D  D  D  D  D
changePassword              U  U  U  U  U  U  U  U
refreshToken                U  U  U  U  U  U  U  U
registerOrganisation        D  D  D  D  D  D  D  D
requestPasswordReset        D  D  D  D  D  D  D  D
resetPassword               D  D  D  D  D  D  D  D
signIn                      U  U  U  U  U  U  U  U
signOut                     D  D  D  D  D  D  D  D
signOutEverywhere           U  D  D  D  D  D  D  D
addUser                     U  F  F  F  D  F  F  F
verifyAuditChain            U  F  F  F  F  F  D  F
exportAuditBundle           U  F  F  F  F  F  D  F
createUnit                  U  F  F  F  D  F  F  F
placeUser                   U  F  F  F  D  F  F  F
importUsers                 U  F  F  F  D  F  F  F
inviteUser                  U  F  F  F  D  F  F  F
grantRole                   U  F  F  F  D  F  F  F
revokeRole                  U  F  F  F  D  F  F  F
suspendUser                 U  F  F  F  D  F  F  F
reinstateUser               U  F  F  F  D  F  F  F
createProgramme             U  F  F  D  F  F  F  F
publishPolicy               U  F  F  D  F  F  F  F
openCohort                  U  F  F  D  F  F  F  F
enrol                       U  D  D  D  D  D  D  N
approveEnrolment            U  F  N  D  N  N  N  N
declineEnrolment            U  F  N  D  N  N  N  N
withdrawEnrolment           U  D  N  N  N  N  N  N
recordTraining              U  F  N  D  N  N  N  N
runMatching                 U  F  F  D  F  F  F  F
simulateProgramme           U  F  F  D  F  F  F  F
whatIf                      U  F  F  D  F  F  F  N
confirmMatches              U  N  N  D  N  N  N  N
requestMentor               U  D  D  D  D  D  D  N
withdrawRequest             U  D  F  N  N  N  N  N
configureOidc               U  F  F  F  D  F  F  F
createApiToken              U  F  F  F  D  F  F  F
revokeApiToken              U  F  F  F  D  F  F  F
proposeMentorship           U  F  F  D  F  F  F  F
respondToMatch              U  D  D  N  N  N  N  N
draftAgreement              U  D  D  N  N  N  N  N
signAgreement               U  D  D  N  N  N  N  N
writeMentorProfile          U  D  D  D  D  D  D  D
setCapacity                 U  D  D  D  D  D  D  D
setAvailability             U  D  D  D  D  D  D  D
requestPause                U  D  D  N  N  N  N  N
answerPause                 U  D  D  D  N  N  N  N
resumeMentorship            U  D  D  N  N  N  N  N
endMentorship               U  D  D  N  N  N  N  N
requestEarlyClosure         U  D  D  N  N  N  N  N
closeMentorship             U  F  F  D  N  N  N  N
requestMentorChange         U  D  D  D  N  N  N  N
handOver                    U  F  D  N  N  N  N  N
replaceMentor               U  F  F  D  N  N  N  N
answerReplacement           U  N  F  N  N  N  N  N
extendMentorship            U  F  F  D  N  N  N  N
workCase                    U  N  N  D  N  N  N  N
resolveCase                 U  N  N  D  N  N  N  N
reportConduct               U  D  D  N  N  N  N  N
draftGoal                   U  D  F  N  N  N  N  N
proposeGoal                 U  D  F  N  N  N  N  N
approveGoal                 U  F  D  N  N  N  N  N
lintGoal                    U  D  D  D  D  D  D  D
requestGoalChange           U  F  D  N  N  N  N  N
reviseGoal                  U  D  F  N  N  N  N  N
abandonGoal                 U  D  F  N  N  N  N  N
logProgress                 U  D  F  N  N  N  N  N
attachFeedback              U  D  F  N  N  N  N  N
addMetric                   U  D  F  N  N  N  N  N
addMilestone                U  D  F  N  N  N  N  N
reachMilestone              U  D  F  N  N  N  N  N
importProgress              U  D  F  N  N  N  N  N
addActionItem               U  D  D  N  N  N  N  N
editActionItem              U  D  D  N  N  N  N  N
completeActionItem          U  D  D  N  N  N  N  N
flagBlocked                 U  D  D  N  N  N  N  N
clearBlocked                U  D  D  N  N  N  N  N
giveFeedback                U  D  D  N  N  N  N  N
acknowledgeFeedback         U  D  D  N  N  N  N  N
askClarification            U  D  D  N  N  N  N  N
answerClarification         U  D  D  N  N  N  N  N
acceptFeedback              U  D  D  N  N  N  N  N
setFeedbackCadence          U  D  D  N  N  N  N  N
declineFeedback             U  D  D  N  N  N  N  N
requestHelp                 U  D  D  N  N  N  N  N
answerHelp                  U  D  D  N  N  N  N  N
requestThirdPartyFeedback   U  D  D  N  N  N  N  N
submitThirdPartyFeedback    N  N  N  N  N  N  N  N
celebrateWin                U  D  D  N  N  N  N  N
assessSkill                 U  D  D  N  N  N  N  N
recordOutcome               U  D  D  N  N  N  N  N
verifyOutcome               U  D  D  N  N  N  N  N
writeJournal                U  D  D  N  N  N  N  N
shareResource               U  D  D  N  N  N  N  N
encourage                   U  F  D  N  N  N  N  N
excuseCommitment            U  D  D  N  N  N  N  N
disputeCommitment           U  D  D  N  N  N  N  N
resolveDispute              U  F  F  D  F  F  F  F
proposeRenegotiation        U  D  D  N  N  N  N  N
respondToRenegotiation      U  D  D  N  N  N  N  N
setCadence                  U  D  D  N  N  N  N  N
submitPreparation           U  D  F  N  N  N  N  N
markBriefRead               U  F  D  N  N  N  N  N
attestAttendance            U  D  D  N  N  N  N  N
writeNote                   U  D  D  N  N  N  N  N
editNote                    U  D  F  N  N  N  N  N
deleteNote                  U  D  F  N  N  N  N  N
submitProgressUpdate        U  D  D  N  N  N  N  N
submitReview                U  D  D  N  N  N  N  N
logTime                     U  D  D  N  N  N  N  N
editTime                    U  D  F  N  N  N  N  N
withdrawTime                U  D  D  N  N  N  N  N
approveTime                 U  D  D  N  N  N  N  N
disputeTime                 U  D  D  N  N  N  N  N
resolveTimeDispute          U  F  F  D  F  F  F  F
answerPulse                 U  D  D  N  N  N  N  N
addAgendaPoint              U  D  D  N  N  N  N  N
reorderAgenda               U  D  D  N  N  N  N  N
removeAgendaPoint           U  D  D  N  N  N  N  N
createCalendarFeed          U  D  D  D  D  D  D  D
revokeCalendarFeed          U  D  N  N  N  N  N  N
rescheduleCheckIn           U  D  D  N  N  N  N  N
respondToReschedule         U  D  D  N  N  N  N  N
cancelCheckIn               U  D  D  N  N  N  N  N
closeCheckIn                U  D  D  N  N  N  N  N
resolveAttendance           U  F  F  D  F  F  F  F
makeActionItem              U  D  D  N  N  N  N  N
addTimeOff                  U  D  D  N  N  N  N  N
removeTimeOff               U  D  D  N  N  N  N  N
markNotificationRead        U  D  N  N  N  N  N  N
moveTime                    U  F  F  D  D  F  F  F
"""

SUBSCRIPTIONS = """
mentorshipEvents            U  D  D  D  N  N  N  N
scoreChanged                U  D  D  N  N  N  N  N
caseOpened                  U  F  F  D  F  F  F  N
menteeNeedsMe               U  E  D  E  E  E  E  E
"""

type Rows = dict[str, dict[str, str]]


def rows(text: str) -> Rows:
    """A table by name and principal."""
    split = (line.split() for line in text.strip().splitlines())
    return {name: dict(zip(COLUMNS, cells, strict=True)) for name, *cells in split}
