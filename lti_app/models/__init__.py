"""The tables. Words are those of docs/architecture.md; every change has its Alembic migration."""

from lti_app.models.assessment import Assessment, Mastery, NodeKey
from lti_app.models.base import Base
from lti_app.models.choices import CourseChoices
from lti_app.models.course import Course, Membership, ResourceLink, User
from lti_app.models.grade import ColumnKind, GradeSync, LineItem, SyncState
from lti_app.models.launch import KeptKind, KeptWork, LaunchSession
from lti_app.models.moodle import (
    CourseExchange,
    MoodleConnection,
    MoodlePush,
    MoodleRating,
    PushState,
)
from lti_app.models.platform import (
    AccessToken,
    Deployment,
    Invitation,
    Platform,
    PlatformKeySet,
    PlatformStatus,
    ToolKey,
)
from lti_app.models.referential import (
    ImportedReferential,
    ReferentialDraft,
    ReferentialVersion,
)
from lti_app.models.situation import (
    Declaration,
    DeclarationState,
    DeclarationStep,
    Evidence,
    EvidenceFile,
    Situation,
    StepKind,
)
from lti_app.models.sync import SyncLane
from lti_app.models.teaching import (
    Group,
    GroupKind,
    GroupMember,
    Preference,
    Sitting,
    StockComment,
)

__all__ = [
    "AccessToken",
    "Assessment",
    "Base",
    "ColumnKind",
    "Course",
    "CourseChoices",
    "CourseExchange",
    "Declaration",
    "DeclarationState",
    "DeclarationStep",
    "Deployment",
    "Evidence",
    "EvidenceFile",
    "GradeSync",
    "Group",
    "GroupKind",
    "GroupMember",
    "ImportedReferential",
    "Invitation",
    "KeptKind",
    "KeptWork",
    "LaunchSession",
    "LineItem",
    "Mastery",
    "Membership",
    "MoodleConnection",
    "MoodlePush",
    "MoodleRating",
    "NodeKey",
    "Platform",
    "PlatformKeySet",
    "PlatformStatus",
    "Preference",
    "PushState",
    "ReferentialDraft",
    "ReferentialVersion",
    "ResourceLink",
    "Sitting",
    "Situation",
    "StepKind",
    "StockComment",
    "SyncLane",
    "SyncState",
    "ToolKey",
    "User",
]
