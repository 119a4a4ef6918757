//! Applications of several unikernels in a test.

use super::{Link, Storage, Unikernel, World};
use crate::{application::Plan, graph, unix::hardware::Hardware};
use alloc::{boxed::Box, rc::Rc, string::String, vec::Vec};

impl World {
    /// Returns the application of a plan, with a link for each of its networks. No unikernel runs yet.
    ///
    /// ```
    /// use mirage_rt::{
    ///     io::{Read, Write},
    ///     net::{Error, Remote, TcpListener},
    ///     test::run,
    ///     unikernel,
    /// };
    ///
    /// mod plan {
    ///     mirage_rt::application! {
    ///         name = "greeting",
    ///         networks(front(ip = "10.0.0.0/24"), back(ip = "10.0.1.0/24")),
    ///         unikernels(
    ///             web(front = "10.0.0.2", back, tcp(http = 80)),
    ///             words(back, tcp(word = 7000)),
    ///         ),
    ///         links(outside -> web.http, web -> words.word),
    ///     }
    /// }
    ///
    /// mod web {
    /// #   use super::*;
    ///     #[unikernel(crate::plan::web)]
    ///     pub async fn main(http: TcpListener, words: Remote) -> Result<(), Error> {
    ///         loop {
    ///             let (mut client, _) = http.accept().await?;
    ///             let mut word = [0; 5];
    ///             words.connect().await?.read_exact(&mut word).await.unwrap();
    ///             client.write_all(&word).await?;
    ///         }
    ///     }
    /// }
    ///
    /// mod words {
    /// #   use super::*;
    ///     #[unikernel(crate::plan::words)]
    ///     pub async fn main(word: TcpListener) -> Result<(), Error> {
    ///         loop {
    ///             word.accept().await?.0.write_all(b"hello").await?;
    ///         }
    ///     }
    /// }
    ///
    /// # fn main() {
    /// // #[test]
    /// run(async |world| {
    ///     let greeting = world.application(&plan::PLAN);
    ///     let _words = greeting.boot::<words::main>();
    ///     let _web = greeting.boot::<web::main>();
    ///     let client = greeting.network("front").host("10.0.0.9");
    ///     mirage_rt::yield_now().await;
    ///     let mut stream = client.network().connect(([10, 0, 0, 2], 80).into()).await.unwrap();
    ///     let mut word = [0; 5];
    ///     stream.read_exact(&mut word).await.unwrap();
    ///     assert_eq!(&word, b"hello");
    /// });
    /// # }
    /// ```
    pub fn application(&self, plan: &'static Plan) -> Application {
        let networks = plan.networks.iter().map(|name| (*name, self.new_link()));
        let networks: Vec<_> = networks.collect();
        let unikernels = plan.unikernels.iter();
        let hardware = unikernels.map(|name| (*name, Hardware::new(networks.clone())));
        Application {
            world: self.with_context(Rc::default()),
            name: plan.name,
            hardware: hardware.collect(),
            networks,
        }
    }
}

/// The application of a plan, whose unikernels a test boots. Each has the interfaces, rules and disks of the plan.
#[derive(Debug)]
pub struct Application {
    world: World,
    name: &'static str,
    networks: Vec<(&'static str, Link)>,
    /// By unikernel.
    hardware: Vec<(&'static str, Rc<Hardware>)>,
}

impl Application {
    /// Returns the link of a network, on which a test is the outside, and a stranger.
    ///
    /// # Panics
    /// Panics if the plan has no such network.
    #[track_caller]
    pub fn network(&self, name: &str) -> &Link {
        let mut networks = self.networks.iter();
        let found = networks.find(|(other, _)| *other == name);
        let Some((_, link)) = found else {
            panic!("`{}` has no network `{name}`", self.name);
        };
        link
    }

    /// Boots a unikernel of the plan, by the type that has the name of its function. A cut or stopped unikernel boots
    /// again with [`reboot`](Unikernel::reboot); it finds its disks as it has left them.
    ///
    /// # Panics
    /// Panics if the unikernel is not one of this plan, or requires boot arguments.
    #[track_caller]
    pub fn boot<U: graph::Unikernel + 'static>(&self) -> Unikernel {
        self.boot_with_args::<U>(&[])
    }

    /// The same with boot arguments, such as `--verbose`.
    ///
    /// # Panics
    /// Panics if the unikernel is not one of this plan. The unikernel panics if it does not take the arguments.
    #[track_caller]
    pub fn boot_with_args<U: graph::Unikernel + 'static>(&self, args: &[&str]) -> Unikernel {
        let hardware = self.hardware(U::IMAGE.name).clone();
        let args: Vec<_> = args.iter().map(|arg| String::from(*arg)).collect();
        let start = move |world: World| -> super::unikernel::Life {
            let args: Vec<_> = args.iter().map(String::as_str).collect();
            Box::pin(U::boot(world.context(), &args))
        };
        self.world.boot_on(Some(hardware), Box::new(start))
    }

    /// Gives a unikernel a disk with these contents. Without this, a disk has the size that the plan declares, and is
    /// filled with zeros at first.
    ///
    /// # Panics
    /// Panics if the plan has no such unikernel.
    #[track_caller]
    pub fn insert_disk(&self, unikernel: &str, disk: &str, contents: Storage) {
        self.hardware(unikernel)
            .insert_disk(disk, contents.memory());
    }

    #[track_caller]
    fn hardware(&self, unikernel: &str) -> &Rc<Hardware> {
        let mut all = self.hardware.iter();
        let found = all.find(|(other, _)| *other == unikernel);
        let Some((_, hardware)) = found else {
            panic!("`{}` has no unikernel `{unikernel}`", self.name);
        };
        hardware
    }
}
