"""Bodies and how they stand to each other: units, relations, posts, powers, teams, providers, systems.

Bodies and posts only, never people: there is no field for a person, and none may be added.
"""

from gov_core.organisation._post import ASSIGNMENT_KINDS, Assignment, AssignmentKind, Post
from gov_core.organisation._power import POWER_BRANCHES, POWER_NAMES, POWERS, Grant, Power
from gov_core.organisation._provider import (
    SOCIAL_ORGANISATION_KINDS,
    SUPPLY_MODES,
    Provider,
    SocialOrganisationKind,
    SupplyMode,
)
from gov_core.organisation._relation import RELATION_KINDS, RELATION_NAMES, Relation, RelationKind
from gov_core.organisation._system import System
from gov_core.organisation._team import FORCES, Force, Team
from gov_core.organisation._unit import FUNDING_MODES, LEGAL_FORMS, FundingMode, LegalForm, Unit

__all__ = [
    "ASSIGNMENT_KINDS",
    "FORCES",
    "FUNDING_MODES",
    "LEGAL_FORMS",
    "POWERS",
    "POWER_BRANCHES",
    "POWER_NAMES",
    "RELATION_KINDS",
    "RELATION_NAMES",
    "SOCIAL_ORGANISATION_KINDS",
    "SUPPLY_MODES",
    "Assignment",
    "AssignmentKind",
    "Force",
    "FundingMode",
    "Grant",
    "LegalForm",
    "Post",
    "Power",
    "Provider",
    "Relation",
    "RelationKind",
    "SocialOrganisationKind",
    "SupplyMode",
    "System",
    "Team",
    "Unit",
]
