//! Values that may differ by target.

use mirage_graph::target::Target;

/// A value for each target: the same for all of them, or that of an arm of `match target`.
#[derive(Clone)]
pub(crate) struct PerTarget<T> {
    arms: Vec<(Vec<Target>, T)>,
}

impl<T> PerTarget<T> {
    /// The same value for every target.
    pub(crate) fn same(value: T) -> Self {
        Self {
            arms: Vec::from([(Target::ALL.into(), value)]),
        }
    }

    /// A value for each of these sets of targets, which together contain every target once.
    pub(crate) fn from_arms(arms: Vec<(Vec<Target>, T)>) -> Self {
        Self { arms }
    }

    /// Whether two targets have different arms.
    pub(crate) fn differs(&self) -> bool {
        self.arms.len() > 1
    }

    /// The value for a target.
    pub(crate) fn get(&self, target: Target) -> &T {
        let mut arms = self.arms.iter();
        let arm = arms.find(|(targets, _)| targets.contains(&target));
        &arm.expect("every target has a value").1
    }

    /// The value of each arm.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.arms.iter().map(|(_, value)| value)
    }

    /// The value of each arm.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.arms.iter_mut().map(|(_, value)| value)
    }

    /// Replaces the value of each arm by one that may differ by target itself. `convert` also receives the
    /// targets of the arm.
    pub(crate) fn flat_map<U: Clone>(
        self,
        mut convert: impl FnMut(T, &[Target]) -> PerTarget<U>,
    ) -> PerTarget<U> {
        let mut arms = Vec::new();
        for (targets, value) in self.arms {
            for (others, inner) in convert(value, &targets).arms {
                let both = others.into_iter().filter(|each| targets.contains(each));
                let both: Vec<_> = both.collect();
                if !both.is_empty() {
                    arms.push((both, inner));
                }
            }
        }
        PerTarget { arms }
    }

    /// Converts the value of each arm.
    pub(crate) fn map<U>(self, mut convert: impl FnMut(T) -> U) -> PerTarget<U> {
        let arms = self.arms.into_iter();
        PerTarget {
            arms: arms
                .map(|(targets, value)| (targets, convert(value)))
                .collect(),
        }
    }
}

impl<T: Clone> PerTarget<T> {
    /// Sets a part of the value, which may differ by target itself.
    pub(crate) fn set<U: Clone>(&mut self, part: PerTarget<U>, set: impl Fn(&mut T, U)) {
        let mut arms = Vec::new();
        for (targets, value) in &self.arms {
            for (others, part) in &part.arms {
                let both = targets.iter().copied().filter(|each| others.contains(each));
                let both: Vec<_> = both.collect();
                if !both.is_empty() {
                    let mut value = value.clone();
                    set(&mut value, part.clone());
                    arms.push((both, value));
                }
            }
        }
        self.arms = arms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_differ_split_the_value() {
        let mut pair = PerTarget::same((0, 0));
        let (unix, others) = Target::ALL.split_at(1);
        let arms = vec![(unix.to_vec(), 1), (others.to_vec(), 2)];
        pair.set(PerTarget::from_arms(arms.clone()), |pair, part| {
            pair.0 = part
        });
        pair.set(PerTarget::from_arms(arms), |pair, part| pair.1 = part);
        pair.set(PerTarget::same(7), |pair, part| pair.1 += part);
        let values: Vec<_> = pair.values().copied().collect();
        assert_eq!(values, [(1, 8), (2, 9)]);
        assert_eq!(*pair.get(Target::Unix), (1, 8));
        assert_eq!(*pair.get(Target::Spt), (2, 9));
    }
}
