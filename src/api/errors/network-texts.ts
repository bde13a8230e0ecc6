/** Of what can go wrong on the way to the platform: a part of `errorTexts`, and like it in `errors.json`. */
export const networkTexts = {
  network: '__platform__ can’t be reached: __reason__. Check the network, the proxy and the address.',
  'network-refused':
    '__platform__ can’t be reached: it refuses connections. Check the address and the proxy.',
  'network-name':
    '__platform__ can’t be reached: the name __host__ is not known. Check the spelling of the address.',
  'network-broken': '__platform__ can’t be reached: the connection breaks. Check the network and the proxy.',
  'network-storage':
    'The file storage __storage__, where __platform__ keeps its files, can’t be reached: __reason__. A firewall or a proxy may let the platform alone through: ask who runs it to let this host through as well.',
  'timeout-storage':
    'The file storage __storage__, where __platform__ keeps its files, did not answer within __seconds__ s. A firewall or a proxy may let the platform alone through: ask who runs it to let this host through as well, or try again later.',
  'network-certificate':
    '__platform__ can’t be trusted: its certificate is not valid here (__reason__). Choose TLS settings with the certificate of the proxy that inspects connections, or with its own where it is self-signed; a server of your own may lack the intermediate certificate that it has to send.',
  'network-no-tls':
    '__platform__ does not answer in https: its port seems to speak plain http (__reason__). Check the address and its port.',
  'network-tls':
    '__platform__ refuses the secure connection (__reason__). Check the address and the TLS options.',
  'network-no-http': '__platform__ answers, but not in HTTP (__reason__). Check the address and its port.',
  'network-proxy':
    '__platform__ can’t be reached: the proxy refuses (HTTP __status__). Check the proxy settings.',
  'network-proxy-refuses':
    '__platform__ can’t be reached: the proxy __proxy__ answers HTTP __status__ in its place. Ask who runs it whether it may and can reach this address.',
  'network-proxy-login':
    '__platform__ can’t be reached: the proxy __proxy__ wants a user name and a password (HTTP __status__). Give them in the http proxy node.',
  'network-proxy-unreachable':
    '__platform__ can’t be reached: the proxy on the way, __proxy__, can’t be reached itself (__reason__). Check the http proxy node of the platform, or the variable HTTPS_PROXY.',
  'timeout-proxy':
    '__platform__ can’t be reached: the proxy on the way, __proxy__, did not answer within __seconds__ s. Check the http proxy node of the platform, or the variable HTTPS_PROXY.',
  'network-unsettled':
    'The connection to __platform__ broke before it answered. The request may have been carried out all the same. Look on Rescale before you repeat it.',
  timeout:
    '__platform__ did not answer within __seconds__ s. Try again later, or raise the timeout of the platform.',
  'timeout-through-proxy':
    '__platform__ did not answer through the proxy __proxy__ within __seconds__ s: either of them may be silent. Try again later, look whether the proxy reaches this address, or raise the timeout of the platform.',
  'timeout-unsettled':
    '__platform__ did not answer within __seconds__ s. The request may have been carried out all the same. Look on Rescale before you repeat it.',
  'network-certificate-expired':
    '__platform__ can’t be trusted: its certificate has expired. Ask who runs it to renew it, and look whether the clock of this machine is right.',
  'network-certificate-early':
    '__platform__ can’t be trusted: its certificate is not valid yet. Look whether the clock of this machine is right.',
  'network-certificate-host':
    '__platform__ can’t be trusted: its certificate is for another host (__reason__). Check the address, and the proxy on the way.',
  'network-client-certificate':
    '__platform__ asks for a client’s certificate. Choose TLS settings in the platform node that hold the certificate and the key that were issued to you.',
  'network-client-certificate-refused':
    '__platform__ refuses the client’s certificate (__reason__). Check the certificate and the key in the TLS settings of the platform node, and whether they are still valid.',
  'network-tls-version':
    '__platform__ has no version of TLS in common with Node-RED (__reason__), which needs TLS 1.2 or newer. Ask who runs it to turn that on.',
  'network-tls-handshake':
    '__platform__ refuses the secure connection (__reason__). It may ask for a client’s certificate, which belongs into the TLS settings of the platform node, or know no cipher that is used here.',
  'network-proxy-certificate':
    '__platform__ can’t be reached: the proxy on the way, __proxy__, can’t be trusted: its certificate is not valid here (__reason__). Choose TLS settings in the platform node that trust it, or check the address of the proxy.',
  'timeout-unsettled-through-proxy':
    '__platform__ did not answer through the proxy __proxy__ within __seconds__ s: either of them may be silent. The request may have been carried out all the same. Look on Rescale before you repeat it.',

  // Why a proxy can’t be reached.
  'reason-refused': 'it refuses connections',
  'reason-name-unknown': 'its name is not known',
  'reason-connection': 'the connection breaks',
  'reason-certificate-expired': 'it has expired',
  'reason-certificate-early': 'it is not valid yet: is the clock of this machine right?',
  'reason-certificate-host': 'it is for another host: __hosts__',
  'reason-client-certificate': 'it asks for a client’s certificate, which is given to the platform alone',
  'reason-tls-version': 'it has no version of TLS in common with Node-RED, which needs TLS 1.2 or newer',
  'reason-no-tls': 'it does not speak https: its address may have to begin with http',
} as const;
