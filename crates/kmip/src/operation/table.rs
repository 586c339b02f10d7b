//! The one table of operations: `Request` and `Response` are made from it.
//!
//! May touch: what the payloads touch.

/// Defines `Request` and `Response`: `NUMBER: Name(request payload, response payload)`.
macro_rules! operations {
    ($($number:ident: $name:ident($request:ty, $response:ty),)*) => {
        payloads! {
            /// What a client asks for: one batch item's payload, with its operation.
            Request { $($number: $name($request),)* }
        }

        impl Request {
            /// Refuses what `version` does not have.
            pub(crate) fn check(
                &self,
                version: $crate::ProtocolVersion,
            ) -> Result<(), $crate::EncodeError> {
                let operation = self.operation();
                let what = || $crate::Element::Operation(operation);
                $crate::EncodeError::require(version, operation.versions(), what)?;
                match self {
                    $(Self::$name(payload) => {
                        $crate::field::Structure::check_fields(payload, version)
                    })*
                    Self::Unsupported { operation } => Err($crate::EncodeError::NoPayload {
                        operation: *operation,
                    }),
                }
            }
        }

        payloads! {
            /// What a server answers: one batch item's payload, with its operation.
            Response { $($number: $name($response),)* }
        }

        impl Response {
            /// Refuses an answer without what `version` requires in it.
            pub(crate) fn check(
                &self,
                version: $crate::ProtocolVersion,
            ) -> Result<(), $crate::EncodeError> {
                let operation = self.operation();
                let what = || $crate::Element::Operation(operation);
                $crate::EncodeError::require(version, operation.versions(), what)?;
                match self {
                    $(Self::$name(payload) => {
                        $crate::field::Structure::check_whole(payload, version)
                    })*
                    Self::Unsupported { operation } => Err($crate::EncodeError::NoPayload {
                        operation: *operation,
                    }),
                }
            }
        }
    };
}

macro_rules! payloads {
    ($(#[$doc:meta])* $enum:ident { $($number:ident: $name:ident($payload:ty),)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum $enum {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                $name($payload),
            )*
            /// An operation whose payload this crate does not read.
            Unsupported {
                /// Which one.
                operation: $crate::Operation,
            },
        }

        impl $enum {
            /// The operation.
            #[must_use]
            pub const fn operation(&self) -> $crate::Operation {
                match self {
                    $(Self::$name(_) => $crate::Operation::$number,)*
                    Self::Unsupported { operation } => *operation,
                }
            }

            /// Reads the payload of `operation`.
            pub(crate) fn decode(
                operation: $crate::Operation,
                fields: $crate::reader::Reader<'_>,
            ) -> Result<Self, $crate::MessageError> {
                // What a strict message's version does not have is not looked into.
                if fields.refuses(operation.versions()) {
                    return Ok(Self::Unsupported { operation });
                }
                Ok(match operation {
                    $($crate::Operation::$number => {
                        Self::$name(<$payload as $crate::field::Structure>::decode(fields)?)
                    })*
                    operation => Self::Unsupported { operation },
                })
            }

            /// Writes the payload's fields, without what `version` does not have (I10).
            pub(crate) fn encode(
                &self,
                out: &mut strongroom_ttlv::Writer<'_>,
                version: $crate::ProtocolVersion,
            ) {
                match self {
                    $(Self::$name(payload) => {
                        $crate::field::Structure::write_fields(payload, out, version);
                    })*
                    Self::Unsupported { .. } => {}
                }
            }
        }

        $(
            impl From<$payload> for $enum {
                fn from(payload: $payload) -> Self {
                    Self::$name(payload)
                }
            }
        )*
    };
}
