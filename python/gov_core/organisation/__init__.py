"""Bodies and how they stand to each other: units, relations, posts, powers, teams, providers, systems.

Bodies and posts only, never people: there is no field for a person, and none may be added.
"""

from gov_core.organisation._graph import Edge, Graph
from gov_core.organisation._kind import (
    AFFAIRS,
    KINDS,
    LAYERS,
    NATURES,
    Affair,
    Kind,
    Layer,
    Nature,
    is_kind,
    kind_of,
)
from gov_core.organisation._matrix import matrix, matrix_presets
from gov_core.organisation._post import ASSIGNMENT_KINDS, Assignment, AssignmentKind, Post
from gov_core.organisation._power import POWER_BRANCHES, POWER_NAMES, POWERS, Grant, Power
from gov_core.organisation._powers import Decision, Powers, power_table
from gov_core.organisation._provider import (
    SOCIAL_ORGANISATION_KINDS,
    SUPPLY_MODES,
    Provider,
    SocialOrganisationKind,
    SupplyMode,
)
from gov_core.organisation._relation import RELATION_KINDS, RELATION_NAMES, Relation, RelationKind
from gov_core.organisation._role import ROLES, Role
from gov_core.organisation._system import System
from gov_core.organisation._team import FORCES, Force, Team
from gov_core.organisation._unit import FUNDING_MODES, LEGAL_FORMS, FundingMode, LegalForm, Unit
from gov_core.organisation._vocabulary import Vocabulary

__all__ = [
    "AFFAIRS",
    "ASSIGNMENT_KINDS",
    "FORCES",
    "FUNDING_MODES",
    "KINDS",
    "LAYERS",
    "LEGAL_FORMS",
    "NATURES",
    "POWERS",
    "POWER_BRANCHES",
    "POWER_NAMES",
    "RELATION_KINDS",
    "RELATION_NAMES",
    "ROLES",
    "SOCIAL_ORGANISATION_KINDS",
    "SUPPLY_MODES",
    "Affair",
    "Assignment",
    "AssignmentKind",
    "Decision",
    "Edge",
    "Force",
    "FundingMode",
    "Grant",
    "Graph",
    "Kind",
    "Layer",
    "LegalForm",
    "Nature",
    "Post",
    "Power",
    "Powers",
    "Provider",
    "Relation",
    "RelationKind",
    "Role",
    "SocialOrganisationKind",
    "SupplyMode",
    "System",
    "Team",
    "Unit",
    "Vocabulary",
    "is_kind",
    "kind_of",
    "matrix",
    "matrix_presets",
    "power_table",
]
