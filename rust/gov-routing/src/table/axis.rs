//! One dimension of a table: a tree, seen only through the values that rules tell apart.
//!
//! Values with the same lowest marked ancestor-or-self are one class: no rule can tell them apart. Classes
//! are numbered in preorder, so that what lies below a class is a range; class 0 is `any`, the root above
//! all roots, and also the class of an event that has no value.

use super::findings::{Findings, TableFault};
use super::spec::{NONE, Part};
use std::ops::Range;

/// The classes of one tree.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    /// Class of each value, at position value + 1; position 0 stands for [`NONE`].
    class_of: Vec<u32>,
    /// The marked value of each class; [`NONE`] for class 0.
    value: Vec<u32>,
    /// Parent of each class; class 0 is its own.
    parent: Vec<u32>,
    /// Levels of marked values above each class.
    depth: Vec<u32>,
    /// End of the range of classes at or below each class.
    end: Vec<u32>,
}

impl Axis {
    /// Walks a tree whose parents all exist and numbers its classes.
    ///
    /// Nodes on or below a circle are never reached; one fault is reported for each circle.
    pub(super) fn new(
        part: Part,
        parents: &[Option<u32>],
        marked: &[bool],
        faults: &mut Findings<TableFault>,
    ) -> Self {
        let mut axis = Self {
            class_of: vec![NONE; parents.len() + 1],
            value: vec![NONE],
            parent: vec![0],
            depth: vec![0],
            end: vec![0],
        };
        axis.class_of[0] = 0;
        let children = Children::new(parents);
        // A node is entered with its number and left with the class to close.
        let mut stack: Vec<Step> = children.of(0).iter().rev().map(|&root| Step::Enter(root)).collect();
        while let Some(step) = stack.pop() {
            match step {
                Step::Leave(class) => axis.end[class as usize] = axis.value.len() as u32,
                Step::Enter(node) => {
                    let above = axis.class(parents[node as usize].unwrap_or(NONE));
                    let class = if marked[node as usize] { axis.open(node, above) } else { above };
                    axis.class_of[node as usize + 1] = class;
                    if class != above {
                        stack.push(Step::Leave(class));
                    }
                    stack.extend(children.of(node + 1).iter().rev().map(|&child| Step::Enter(child)));
                }
            }
        }
        axis.end[0] = axis.value.len() as u32;
        report_circles(part, parents, &axis.class_of, faults);
        axis
    }

    fn open(&mut self, node: u32, above: u32) -> u32 {
        let class = self.value.len() as u32;
        self.value.push(node);
        self.parent.push(above);
        self.depth.push(self.depth[above as usize] + 1);
        self.end.push(class + 1);
        class
    }

    /// Number of classes, at least one.
    pub(super) fn len(&self) -> usize {
        self.value.len()
    }

    /// Class of a value that exists, or 0 for [`NONE`].
    pub(super) fn class(&self, value: u32) -> u32 {
        self.class_of[value.wrapping_add(1) as usize]
    }

    /// Class of a value, or 0 for [`NONE`]; `None` if there is no such value.
    pub(super) fn find(&self, value: u32) -> Option<u32> {
        self.class_of.get(value.wrapping_add(1) as usize).copied()
    }

    /// Class of each value, at position value + 1.
    pub(super) fn classes(&self) -> &[u32] {
        &self.class_of
    }

    /// The value a class stands for, [`NONE`] for class 0.
    pub(super) fn value(&self, class: u32) -> u32 {
        self.value[class as usize]
    }

    /// Levels of classes above a class.
    pub(super) fn depth(&self, class: u32) -> u32 {
        self.depth[class as usize]
    }

    /// Classes at or below a class.
    pub(super) fn below(&self, class: u32) -> Range<u32> {
        class..self.end[class as usize]
    }

    /// Whether `lower` is `upper` or lies below it.
    pub(super) fn covers(&self, upper: u32, lower: u32) -> bool {
        self.below(upper).contains(&lower)
    }

    /// A class and what lies above it, lowest first, `any` last.
    pub(super) fn chain(&self, class: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(class), |&class| (class != 0).then(|| self.parent[class as usize]))
    }
}

enum Step {
    Enter(u32),
    Leave(u32),
}

/// Children of each node, in order; list 0 holds the roots, list n + 1 the children of node n.
struct Children {
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Children {
    fn new(parents: &[Option<u32>]) -> Self {
        let list = |parent: Option<u32>| parent.map_or(0, |parent| parent as usize + 1);
        let mut starts = vec![0; parents.len() + 2];
        for parent in parents {
            starts[list(*parent) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut nodes = vec![0; parents.len()];
        for (node, parent) in parents.iter().enumerate() {
            let place = &mut next[list(*parent)];
            nodes[*place as usize] = node as u32;
            *place += 1;
        }
        Self { starts, nodes }
    }

    fn of(&self, list: u32) -> &[u32] {
        &self.nodes[self.starts[list as usize] as usize..self.starts[list as usize + 1] as usize]
    }
}

/// Follows each unreached node up to where its walk bites its own tail.
fn report_circles(part: Part, parents: &[Option<u32>], class_of: &[u32], faults: &mut Findings<TableFault>) {
    let mut walk_of = vec![NONE; parents.len()];
    for start in 0..parents.len() as u32 {
        let mut node = start;
        while class_of[node as usize + 1] == NONE && walk_of[node as usize] == NONE {
            walk_of[node as usize] = start;
            node = parents[node as usize].unwrap_or(node);
        }
        if class_of[node as usize + 1] == NONE && walk_of[node as usize] == start {
            faults.push(TableFault::Cycle { part, node });
        }
    }
}
