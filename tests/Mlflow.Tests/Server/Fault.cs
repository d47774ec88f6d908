namespace HiEndMae.Mlflow.Tests;

/// <summary>What goes wrong with one request.</summary>
internal enum Fault
{
    None,

    /// <summary>The connection is closed before anything is done.</summary>
    DropBefore,

    /// <summary>The request is carried out, and the connection closed before the answer.</summary>
    DropAfter,

    /// <summary>Nothing comes, and nothing is done, for longer than anybody waits.</summary>
    StallBefore,

    /// <summary>The request is carried out, and the answer never comes.</summary>
    StallAfter,

    /// <summary>The connection is closed, and the request carried out when the next one has been.</summary>
    Late,

    TooMany,

    TooManyWithRetryAfter,

    InternalError,

    Unavailable,

    /// <summary>200 with a page of something else, nothing done.</summary>
    GarbageBefore,

    /// <summary>200 with half an answer, though the request was carried out.</summary>
    GarbageAfter,

    Unauthorized,

    Forbidden,
}
