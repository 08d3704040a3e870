// npm smtp-server as a sink that discards: npm-sink.js FOLDER_OF_NODE_MODULES PORT
const path = require('path');
const { SMTPServer } = require(path.join(process.argv[2], 'node_modules', 'smtp-server'));

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, session, callback) {
    stream.on('end', () => callback(null, 'discarded'));
    stream.resume();
  },
});
server.on('error', () => {});   // a client that goes away
server.listen(Number(process.argv[3]), '127.0.0.1');
