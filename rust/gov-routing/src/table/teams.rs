//! Who answers a rule at a place: the lead and those that assist, found once and numbered.

use super::axis::Axis;
use super::findings::{Findings, TableFault};
use super::serving::{Served, Serving};
use super::spec::{NONE, TableSpec, UnitRef};
use std::collections::HashMap;
use std::ops::Range;

/// The most teams-at-sites that a table writes down: 512 MiB of them. A rule book of 1,000 city-wide lists
/// of units over 100,000 grids stays below.
const LIMIT: u64 = 1 << 27;

/// A lead unit and the units that assist it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Team<'a> {
    /// The unit that leads.
    pub lead: u32,
    /// The units that assist, in the rule's order; without the lead, none twice.
    pub assist: &'a [u32],
}

/// What a rule's units come to at one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// No element of the lead finds a unit, or the rule leaves the site out: it does not apply here.
    Nobody,
    /// An element that decides meets two units of its kind: positions of the ties.
    Tied(Vec<u32>),
    /// A lead found by the element at `via`, and assistants.
    Team { lead: u32, via: u32, assist: Vec<u32> },
}

/// Two lists of units, the ones of one or more rules, and where these rules do not apply.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Roster {
    lead: Vec<UnitRef>,
    assist: Vec<UnitRef>,
    /// Sites left out.
    except: Vec<Range<u32>>,
}

impl Roster {
    /// Whether the answer is the same everywhere.
    pub(super) fn is_fixed(&self) -> bool {
        let named = |unit: &UnitRef| matches!(unit, UnitRef::Unit(_));
        self.except.is_empty() && self.lead.first().is_some_and(named) && self.assist.iter().all(named)
    }

    /// Whether a site is left out.
    pub(super) fn leaves_out(&self, site: u32) -> bool {
        self.except.iter().any(|sites| sites.contains(&site))
    }

    /// Whether two rosters name the same units, wherever they do.
    pub(super) fn says(&self, other: &Self) -> bool {
        (&self.lead, &self.assist) == (&other.lead, &other.assist)
    }

    pub(super) fn find(&self, serving: &Serving, site: u32) -> Found {
        if self.leaves_out(site) {
            return Found::Nobody;
        }
        let mut ties = Vec::new();
        let mut lead = None;
        for (via, unit) in self.lead.iter().enumerate() {
            match serving.find(*unit, site) {
                Served::Nobody => continue,
                Served::By(unit) => lead = Some((unit, via as u32)),
                Served::Tie(tie) => ties.push(tie),
            }
            break;
        }
        if lead.is_none() && ties.is_empty() {
            return Found::Nobody;
        }
        let mut assist = Vec::new();
        for unit in &self.assist {
            match serving.find(*unit, site) {
                Served::Nobody => {}
                Served::By(unit) => {
                    if lead.is_none_or(|(lead, _)| lead != unit) && !assist.contains(&unit) {
                        assist.push(unit);
                    }
                }
                Served::Tie(tie) => ties.push(tie),
            }
        }
        match lead {
            Some((lead, via)) if ties.is_empty() => Found::Team { lead, via, assist },
            _ => Found::Tied(ties),
        }
    }
}

/// Where a rule's team at a site is written down: `teams[base + (site & mask)]`, wrapping. A rule whose
/// team is the same everywhere has mask 0, so that no branch tells the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Column {
    base: u32,
    mask: u32,
}

impl Column {
    /// Leads to no team: for cells without a rule.
    const EMPTY: Self = Self { base: 0, mask: 0 };

    #[inline]
    fn at(self, site: u32) -> usize {
        self.base.wrapping_add(site & self.mask) as usize
    }
}

/// A column of teams over a range of sites.
#[derive(Debug, Clone)]
pub(super) struct Span {
    begin: usize,
    pub(super) sites: Range<u32>,
}

/// The team of each rule at each site it may apply to.
#[derive(Debug, Clone)]
pub(super) struct Teams {
    /// The distinct rosters.
    rosters: Vec<Roster>,
    /// Roster of each rule.
    pub(super) roster_of: Vec<u32>,
    /// Column of each rule, and one more that leads to no team.
    columns: Vec<Column>,
    /// The columns of rosters that do not come to the same everywhere.
    pub(super) spans: Vec<Span>,
    /// Team numbers in columns, [`NONE`] where nobody or a tie is found; the first leads to none.
    numbers: Vec<u32>,
    /// Number of units: teams below it are that unit alone.
    units: u32,
    /// Lead of each team from `units` on.
    leads: Vec<u32>,
    /// Range of each of those teams in `assist`.
    assist_starts: Vec<u32>,
    assist: Vec<u32>,
}

impl Teams {
    /// Finds every team; `areas` are the sites at or below each rule's area.
    pub(super) fn new(
        spec: &TableSpec,
        sites: &Axis,
        serving: &Serving,
        faults: &mut Findings<TableFault>,
    ) -> Self {
        let mut teams = Self {
            rosters: Vec::new(),
            roster_of: Vec::with_capacity(spec.rules.len()),
            columns: vec![Column::EMPTY; spec.rules.len() + 1],
            spans: Vec::new(),
            numbers: vec![NONE],
            units: spec.unit_kinds.len() as u32,
            leads: Vec::new(),
            assist_starts: vec![0],
            assist: Vec::new(),
        };
        let mut known = HashMap::new();
        for rule in &spec.rules {
            let except = rule.except_areas.iter().map(|&area| sites.below(sites.class(area))).collect();
            let roster = Roster { lead: rule.lead.clone(), assist: rule.assist.clone(), except };
            let at = *known.entry(roster).or_insert_with_key(|roster| {
                teams.rosters.push(roster.clone());
                teams.rosters.len() as u32 - 1
            });
            teams.roster_of.push(at);
        }
        let plan = teams.plan(spec, sites);
        let entries = plan.iter().map(|column| column.sites.len() as u64).sum();
        if entries > LIMIT {
            faults.push(TableFault::TooLarge { entries, limit: LIMIT });
            return teams;
        }
        teams.numbers.reserve_exact(entries as usize);
        let mut numbered = HashMap::new();
        for column in plan {
            let base = (teams.numbers.len() as u32).wrapping_sub(column.sites.start);
            let fixed = teams.rosters[column.roster as usize].is_fixed();
            for rule in column.rules {
                teams.columns[rule as usize] = Column { base, mask: if fixed { 0 } else { u32::MAX } };
            }
            if !fixed {
                let begin = teams.numbers.len();
                teams.spans.push(Span { begin, sites: column.sites.clone() });
            }
            for site in column.sites {
                let number = match teams.rosters[column.roster as usize].find(serving, site) {
                    Found::Team { lead, assist, .. } => teams.number(&mut numbered, lead, assist),
                    Found::Nobody | Found::Tied(_) => NONE,
                };
                teams.numbers.push(number);
            }
        }
        teams
    }

    /// One column for each roster and outermost area it is asked for in; a fixed roster has one of one site.
    fn plan(&self, spec: &TableSpec, sites: &Axis) -> Vec<Planned> {
        let mut wanted: Vec<(u32, u32, u32, u32)> = Vec::with_capacity(spec.rules.len());
        for (rule, &roster) in self.roster_of.iter().enumerate() {
            let area = if self.rosters[roster as usize].is_fixed() {
                0..1
            } else {
                sites.below(sites.class(spec.rules[rule].area.unwrap_or(NONE)))
            };
            wanted.push((roster, area.start, u32::MAX - area.end, rule as u32));
        }
        wanted.sort_unstable();
        let mut plan: Vec<Planned> = Vec::new();
        for (roster, start, end, rule) in wanted {
            let area = start..u32::MAX - end;
            match plan.last_mut() {
                // Areas are nested or apart: one that starts inside ends inside.
                Some(last) if last.roster == roster && start < last.sites.end => last.rules.push(rule),
                _ => plan.push(Planned { roster, sites: area, rules: vec![rule] }),
            }
        }
        plan
    }

    fn number(&mut self, numbered: &mut HashMap<(u32, Vec<u32>), u32>, lead: u32, assist: Vec<u32>) -> u32 {
        if assist.is_empty() {
            return lead;
        }
        let next = self.units + self.leads.len() as u32;
        *numbered.entry((lead, assist)).or_insert_with_key(|(lead, assist)| {
            self.leads.push(*lead);
            self.assist.extend_from_slice(assist);
            self.assist_starts.push(self.assist.len() as u32);
            next
        })
    }

    /// Number of teams, the ones of a unit alone included.
    pub(super) fn len(&self) -> usize {
        self.units as usize + self.leads.len()
    }

    /// The team of a number.
    pub(super) fn get(&self, team: u32) -> Option<Team<'_>> {
        let Some(at) = team.checked_sub(self.units) else { return Some(Team { lead: team, assist: &[] }) };
        let lead = *self.leads.get(at as usize)?;
        let range = self.assist_starts[at as usize] as usize..self.assist_starts[at as usize + 1] as usize;
        Some(Team { lead, assist: &self.assist[range] })
    }

    /// Number of the team of a rule at a site of its area; [`NONE`] where nobody or a tie is found, and for
    /// the number after the last rule.
    #[inline]
    pub(super) fn at(&self, rule: u32, site: u32) -> u32 {
        let column = self.columns.get(rule as usize).copied().unwrap_or(Column::EMPTY);
        self.numbers.get(column.at(site)).copied().unwrap_or(NONE)
    }

    /// Team numbers of a span, site by site.
    pub(super) fn numbers_of(&self, span: &Span) -> &[u32] {
        &self.numbers[span.begin..span.begin + span.sites.len()]
    }

    /// The roster of a rule.
    pub(super) fn roster(&self, rule: u32) -> &Roster {
        &self.rosters[self.roster_of[rule as usize] as usize]
    }
}

struct Planned {
    roster: u32,
    sites: Range<u32>,
    rules: Vec<u32>,
}
