//! Which sockets are in which groups.

use alloc::vec::Vec;

/// How many groups sockets can be in on an interface, in each address family.
pub(super) const MAX_GROUPS: usize = 16;

/// A member of groups: a number that the layer above chooses.
pub type Member = u16;

/// Why a group was not joined or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipError {
    /// The address is not that of a group.
    NotAGroup,
    /// The member is in the group already.
    AlreadyJoined,
    /// The member is not in the group.
    NotJoined,
    /// The interface is in as many groups as it may be in.
    TooMany,
    /// Memory could not be allocated.
    OutOfMemory,
}

#[derive(Debug)]
struct Group<A> {
    address: A,
    members: Vec<Member>,
}

/// The groups that members are in. Each has a member.
#[derive(Debug)]
pub(super) struct Members<A>(Vec<Group<A>>);

impl<A> Default for Members<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<A: Copy + Eq> Members<A> {
    /// Returns the groups, each once.
    pub(super) fn groups(&self) -> impl Iterator<Item = A> + Clone {
        self.0.iter().map(|group| group.address)
    }

    pub(super) fn is_joined(&self, group: A) -> bool {
        self.groups().any(|joined| joined == group)
    }

    /// Adds a member to a group. Returns whether it is the first one.
    pub(super) fn join(&mut self, group: A, member: Member) -> Result<bool, MembershipError> {
        let out_of_memory = |_| MembershipError::OutOfMemory;
        let found = self.0.iter_mut().find(|each| each.address == group);
        if let Some(Group { members, .. }) = found {
            if members.contains(&member) {
                return Err(MembershipError::AlreadyJoined);
            }
            members.try_reserve(1).map_err(out_of_memory)?;
            members.push(member);
            return Ok(false);
        }
        if self.0.len() == MAX_GROUPS {
            return Err(MembershipError::TooMany);
        }
        let mut members = Vec::new();
        members.try_reserve(1).map_err(out_of_memory)?;
        self.0.try_reserve(1).map_err(out_of_memory)?;
        members.push(member);
        self.0.push(Group {
            address: group,
            members,
        });
        Ok(true)
    }

    /// Removes a member from a group. Returns whether it was the last one.
    pub(super) fn leave(&mut self, group: A, member: Member) -> Result<bool, MembershipError> {
        let not_joined = MembershipError::NotJoined;
        let index = self.0.iter().position(|each| each.address == group);
        let index = index.ok_or(not_joined)?;
        let members = &mut self.0[index].members;
        let position = members.iter().position(|each| *each == member);
        members.swap_remove(position.ok_or(not_joined)?);
        let was_last = members.is_empty();
        if was_last {
            self.0.remove(index);
        }
        Ok(was_last)
    }

    /// Returns a group that a member is in, if there is one.
    pub(super) fn group_of(&self, member: Member) -> Option<A> {
        let found = self.0.iter().find(|each| each.members.contains(&member))?;
        Some(found.address)
    }
}
