//! Server functions: projects with their phases, amendments and expected results; activities; documents.
