//! Things with ids of their own: an event that names one is about its class, happens where it is unless the event
//! says otherwise, and is led by whoever manages it.

use std::collections::HashMap;

use super::NONE;

/// One thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Component {
    /// Position in the city's asset classes.
    pub class: u32,
    /// Position of the place it lies in, in the city's list; it wins over a point.
    pub place: Option<u32>,
    /// Longitude and latitude in the city's coordinate system.
    pub point: Option<[f64; 2]>,
    /// The unit that manages it.
    pub manager: Option<u32>,
}

/// What the router knows of a thing; [`NONE`] where it knows nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) class: u32,
    /// Key of its place.
    pub(super) home: u32,
    pub(super) manager: u32,
}

/// The things of a city; events name them by positions that follow those of the asset classes.
#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    classes: u32,
    known: Vec<Known>,
    /// Group of assistants and a manager among them: the group without.
    without: HashMap<(u32, u32), u32>,
}

impl Components {
    pub(super) fn new(classes: u32, known: Vec<Known>, assists: &mut Vec<Vec<u32>>) -> Self {
        let mut without = HashMap::new();
        let mut groups: HashMap<Vec<u32>, u32> =
            assists.iter().enumerate().map(|(at, units)| (units.clone(), at as u32)).collect();
        let mut managers: Vec<u32> =
            known.iter().map(|thing| thing.manager).filter(|&unit| unit != NONE).collect();
        managers.sort_unstable();
        managers.dedup();
        for group in 0..assists.len() {
            for &manager in assists[group].clone().iter().filter(|unit| managers.binary_search(unit).is_ok())
            {
                let rest: Vec<u32> = assists[group].iter().copied().filter(|&unit| unit != manager).collect();
                let rest = if rest.is_empty() {
                    NONE
                } else {
                    *groups.entry(rest).or_insert_with_key(|rest| {
                        assists.push(rest.clone());
                        assists.len() as u32 - 1
                    })
                };
                without.insert((group as u32, manager), rest);
            }
        }
        Self { classes, known, without }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The thing at a position of events, if it is one.
    pub(super) fn get(&self, asset: u32) -> Option<&Known> {
        self.known.get(asset.checked_sub(self.classes)? as usize)
    }

    /// A group of assistants without the manager, who leads; [`NONE`] if nobody is left.
    pub(super) fn without(&self, group: u32, manager: u32) -> u32 {
        self.without.get(&(group, manager)).copied().unwrap_or(group)
    }
}
