//! How a table of errors becomes an enum.

/// Defines an enum of errors from a table with a row for each: the code, the data, the message, and how to
/// fix it, which is empty if the message is enough. Variants that follow `others` contain the errors of another
/// table.
macro_rules! errors {
    (
        $(#[$of_all:meta])*
        $all:ident:
        $(
            $(#[$doc:meta])*
            $code:literal $name:ident $(($($field:ident: $type:ty),*))? => $message:expr, $help:expr;
        )*
        others:
        $(
            $(#[$doc_of_other:meta])*
            $other:ident($error:ident: $of_other:ty) => $message_of_other:expr, $help_of_other:expr;
        )*
    ) => {
        $(#[$of_all])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $all {
            $($(#[$doc])* $name $(($($type),*))?,)*
            $($(#[$doc_of_other])* $other($of_other),)*
        }

        impl $all {
            /// The codes of this table, in its order.
            pub const CODES: &[&str] = &[$($code),*];

            /// The code, which is explained in the book's chapter on errors.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                    $(Self::$other(error) => error.code(),)*
                }
            }

            /// The message.
            #[allow(unused_variables)]
            pub fn message(&self) -> String {
                match self {
                    $(Self::$name $(($($field),*))? => $message.into(),)*
                    $(Self::$other($error) => $message_of_other.into(),)*
                }
            }

            /// How to fix it.
            #[allow(unused_variables)]
            pub fn help(&self) -> Option<String> {
                let help: String = match self {
                    $(Self::$name $(($($field),*))? => $help.into(),)*
                    $(Self::$other($error) => $help_of_other.into(),)*
                };
                (!help.is_empty()).then_some(help)
            }
        }
    };
}

pub(crate) use errors;
