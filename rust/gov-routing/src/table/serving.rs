//! Which unit of a kind serves a place: the lowest at or above it.

use super::axis::Axis;
use super::spec::{TableSpec, UnitRef};
use std::collections::HashMap;

/// What looking for the unit of a kind brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Served {
    /// No unit of the kind serves the place.
    Nobody,
    /// This unit does.
    By(u32),
    /// Two or more serve the same lowest place: a position in [`Serving::ties`].
    Tie(u32),
}

/// Two units of one kind that serve one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tie {
    pub(super) kind: u32,
    pub(super) place: u32,
    pub(super) units: [u32; 2],
}

/// For each kind that rules ask for, who serves each class of places ("site").
///
/// What lies below a place is a range of sites, so a kind is a step function over sites: its changes,
/// sorted, hold every answer in as much room as the units themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Serving {
    /// Position of each kind in `starts`.
    kinds: HashMap<u32, u32, foldhash::fast::FixedState>,
    /// Range of each kind in `steps`.
    starts: Vec<u32>,
    /// First site of each step, and who serves it and those that follow.
    steps: Vec<(u32, Served)>,
    /// Kinds and places with more than one unit.
    pub(super) ties: Vec<Tie>,
}

impl Serving {
    /// Marks the places whose units matter: those of kinds that rules ask for.
    pub(super) fn mark(spec: &TableSpec, marked: &mut [bool]) {
        let asked = kinds_asked(spec);
        for (kind, serves) in spec.unit_kinds.iter().zip(&spec.unit_serves) {
            if asked.contains_key(kind) {
                for &place in serves {
                    marked[place as usize] = true;
                }
            }
        }
    }

    /// Builds the steps over sites; every serving place is a site of its own.
    pub(super) fn new(spec: &TableSpec, sites: &Axis) -> Self {
        let mut serving = Self { kinds: kinds_asked(spec), ..Self::default() };
        let mut posts: Vec<(u32, u32, u32)> = Vec::new();
        for (unit, (kind, serves)) in spec.unit_kinds.iter().zip(&spec.unit_serves).enumerate() {
            if let Some(&at) = serving.kinds.get(kind) {
                posts.extend(serves.iter().map(|&place| (at, sites.class(place), unit as u32)));
            }
        }
        posts.sort_unstable();
        posts.dedup();
        let mut by_position: Vec<u32> = vec![0; serving.kinds.len()];
        for (&kind, &at) in &serving.kinds {
            by_position[at as usize] = kind;
        }
        let mut rest = posts.as_slice();
        for (at, &kind) in by_position.iter().enumerate() {
            let (mine, others) = rest.split_at(rest.partition_point(|post| post.0 == at as u32));
            rest = others;
            serving.starts.push(serving.steps.len() as u32);
            serving.push_kind(kind, mine, sites);
        }
        serving.starts.push(serving.steps.len() as u32);
        serving
    }

    /// Appends the steps of one kind; `posts` are its (_, site, unit), sorted.
    fn push_kind(&mut self, kind: u32, posts: &[(u32, u32, u32)], sites: &Axis) {
        let first = self.steps.len();
        self.steps.push((0, Served::Nobody));
        // Ends of the sites we are below, and who serves what is left of them.
        let mut above: Vec<(u32, Served)> = Vec::new();
        for post in posts.chunk_by(|left, right| left.1 == right.1) {
            let site = post[0].1;
            self.close(first, &mut above, site);
            let served = if let [_, other, ..] = post {
                let units = [post[0].2, other.2];
                self.ties.push(Tie { kind, place: sites.value(site), units });
                Served::Tie(self.ties.len() as u32 - 1)
            } else {
                Served::By(post[0].2)
            };
            above.push((sites.below(site).end, served));
            self.step(first, site, served);
        }
        self.close(first, &mut above, u32::MAX);
    }

    /// Ends every site that ends at or before `site`.
    fn close(&mut self, first: usize, above: &mut Vec<(u32, Served)>, site: u32) {
        while let Some(&(end, _)) = above.last()
            && end <= site
        {
            above.pop();
            self.step(first, end, above.last().map_or(Served::Nobody, |&(_, served)| served));
        }
    }

    fn step(&mut self, first: usize, site: u32, served: Served) {
        if let Some(last) = self.steps[first..].last_mut()
            && last.0 == site
        {
            last.1 = served;
        } else {
            self.steps.push((site, served));
        }
    }

    /// Who an element of a rule finds at a site.
    pub(super) fn find(&self, unit: UnitRef, site: u32) -> Served {
        let kind = match unit {
            UnitRef::Unit(unit) => return Served::By(unit),
            UnitRef::Kind(kind) => kind,
        };
        let Some(&at) = self.kinds.get(&kind) else { return Served::Nobody };
        let steps = &self.steps[self.starts[at as usize] as usize..self.starts[at as usize + 1] as usize];
        // The first step starts at site 0, so there is always one at or before.
        steps[steps.partition_point(|step| step.0 <= site) - 1].1
    }
}

/// Numbers the kinds that rules ask for, in the order of rules.
fn kinds_asked(spec: &TableSpec) -> HashMap<u32, u32, foldhash::fast::FixedState> {
    let mut asked = HashMap::default();
    for unit in spec.rules.iter().flat_map(|rule| rule.lead.iter().chain(&rule.assist)) {
        if let UnitRef::Kind(kind) = *unit {
            let next = asked.len() as u32;
            asked.entry(kind).or_insert(next);
        }
    }
    asked
}
