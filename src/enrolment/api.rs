//! Server functions: places in deliveries: taking, giving and giving back.
