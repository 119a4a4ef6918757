//! What becomes of datagrams that are longer than the MTU.

/// Whether the datagrams of a socket are fragmented: the option `IP_MTU_DISCOVER` of Linux, whose names these
/// are. `IPV6_MTU_DISCOVER` has the same values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MtuDiscover {
    /// `IP_PMTUDISC_DO`: never. All have the flag DF, and one that is longer than the MTU cannot be sent.
    #[default]
    Do,
    /// `IP_PMTUDISC_WANT`: this host fragments those that are longer than the MTU. The others have the flag DF.
    Want,
    /// `IP_PMTUDISC_DONT`: this host fragments those that are longer than the MTU, and routers may fragment all of
    /// them: none has the flag DF. Routers do not fragment IPv6 packets: this host fragments those that are longer
    /// than 1280 bytes, which every link carries.
    Dont,
}
