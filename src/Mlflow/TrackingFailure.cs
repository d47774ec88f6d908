namespace HiEndMae.Mlflow;

/// <summary>The kind of a failure of tracking, which decides whether values are sent again.</summary>
public enum TrackingFailure
{
    /// <summary>The request is wrong. Sending it again cannot succeed.</summary>
    Refused,

    /// <summary>The store does not have the object that the request names (RESOURCE_DOES_NOT_EXIST).</summary>
    Missing,

    /// <summary>The store cannot be reached, is busy, or refuses the credentials. The same request may succeed later.</summary>
    Unavailable,
}
