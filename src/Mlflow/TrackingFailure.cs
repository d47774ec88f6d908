namespace HiEndMae.Mlflow;

/// <summary>What a failure of tracking means for what was to be tracked.</summary>
public enum TrackingFailure
{
    /// <summary>The request is wrong, and sending it again will not help.</summary>
    Refused,

    /// <summary>The store does not have what the request names (RESOURCE_DOES_NOT_EXIST).</summary>
    Missing,

    /// <summary>The store cannot be reached or is busy, or refuses these credentials: the same request can succeed later.</summary>
    Unavailable,
}
