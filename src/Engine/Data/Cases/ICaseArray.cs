namespace HiEndMae.Engine.Data.Cases;

/// <summary>An array of a prepared case outside the managed heap.</summary>
internal interface ICaseArray : IDisposable
{
    /// <summary>Address of the first value.</summary>
    nint Address { get; }
}
