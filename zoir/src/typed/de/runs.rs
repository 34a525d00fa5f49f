//! The runs over a document.

use alloc::string::ToString;
use core::marker::PhantomData;

use serde::de::Deserialize;

use crate::limits::MAX_TYPED_RUNS;
use crate::node::NodeIndex;
use crate::typed::de::cursor::Deserializer;
use crate::typed::de::document::Document;
use crate::typed::error::Error;

impl<'de> Document<'_, '_, 'de> {
    fn run<T: Deserialize<'de>>(&self) -> Result<T, Error> {
        Deserializer::root(self).feed(PhantomData::<T>, None)
    }

    pub(super) fn read<T: Deserialize<'de>>(&self) -> Result<T, Error> {
        if self.zoir.has_compile_errors() {
            return Err(self.compile_errors());
        }
        if let Ok(value) = self.run()
            && !self.failed.get()
        {
            return Ok(value);
        }
        self.read_carefully()
    }

    #[cold]
    fn read_carefully<T: Deserialize<'de>>(&self) -> Result<T, Error> {
        self.careful.set(true);
        for _ in 0..MAX_TYPED_RUNS {
            {
                let mut state = self.state.borrow_mut();
                state.items.clear();
                (state.learned, state.uncertain) = (false, false);
            }
            let result = self.run();
            let state = self.state.borrow();
            match result {
                Ok(value)
                    if state.items.is_empty()
                        && state.kept.is_empty()
                        && state.given_up.is_empty() =>
                {
                    return Ok(value);
                }
                Ok(_) if !(state.uncertain && state.learned) => break,
                Err(_) if !state.learned => break,
                _ => {}
            }
        }
        let mut state = self.state.borrow_mut();
        let mut items = core::mem::take(&mut state.items);
        for item in core::mem::take(&mut state.kept) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
        if items.is_empty() {
            items.push(self.item(NodeIndex::ROOT, "value is not accepted".to_string()));
        }
        Err(Error::new(items))
    }
}
